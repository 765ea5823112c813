from __future__ import annotations

import time
from datetime import date
from decimal import Decimal

import pytest

from billing.bank_import import camt, ofx, reading, rules, table
from billing.bank_import.model import Statement
from billing.bank_import.reading import Told
from billing.bank_import.written import amount_of, day_of
from contracts.billing.bank import CsvMapping
from kernel.money import UnknownCurrency
from kernel.problems import Refusal, TooLarge

from .conftest import NUMBER, ntry, stmttrn
from .conftest import camt as a_camt
from .conftest import ofx as an_ofx

TODAY = date(2026, 4, 1)
MAPPING = CsvMapping(
    booked_on="Fecha", amount="Importe", text=["Concepto", "Detalle"], reference="Ref",
    payer="Nombre", payer_account="Cuenta", balance="Saldo", day="DD/MM/YYYY", decimal=",",
    thousands=".", delimiter=";", encoding="cp1252",
)  # fmt: skip
HEADER = "Fecha;Importe;Concepto;Detalle;Ref;Nombre;Cuenta;Saldo"
LINES = [
    "10/03/2026;1.160,00;pago;FAC-1042;T-1;Peña;123;1.260,00",
    "11/03/2026;-60,00;comisión;;;;;1.200,00",
]


def a_csv(*lines: str, header: str = HEADER) -> bytes:
    return "\r\n".join([header, *lines]).encode("cp1252")


def one(content: bytes, mapping: CsvMapping | None = None) -> Statement:
    _, [statement] = reading.read(content, Told("MXN", mapping) if mapping else None)
    rules.check(statement, "MXN", TODAY)
    return statement


# camt.053


@pytest.mark.parametrize("version", ["02", "04", "08", "13"])
def test_a_camt_of_any_version_is_read(version: str):
    said = one(
        a_camt(
            ntry("1160.00", "FAC-1042", ref="A1", payer="Peña", iban="MX99", e2e="T-1"),
            ntry("-60.00", "comisión", ref="A2"),
            version=version,
            closing="1200.00",
        )
    )
    assert (said.account, said.key, said.currency) == (NUMBER, "S-1", "MXN")
    first, second = said.entries
    assert (first.amount.amount, first.reference, first.payer_account) == (1160, "T-1", "MX99")
    assert (first.text, first.id, first.booked_on) == ("FAC-1042", "A1", date(2026, 3, 10))
    assert (second.amount.amount, second.reference, second.payer) == (-60, None, None)


def test_older_versions_name_the_payer_and_the_status_without_wrapping():
    entry = ntry("5.00", ref="A1", status="<Sts>BOOK</Sts>").replace(
        "<RltdPties>", "<RltdPties><Dbtr><Nm>Norte</Nm></Dbtr>"
    )
    assert one(a_camt(entry, version="02")).entries[0].payer == "Norte"


def test_a_prefix_before_the_elements_changes_nothing():
    plain = a_camt(ntry("5.00", ref="A1"))
    prefixed = (
        plain.replace(b"</", b"</x:").replace(b"<", b"<x:").replace(b"<x:/x:", b"</x:")
        .replace(b"<x:?", b"<?").replace(b"xmlns=", b"xmlns:x=")
    )  # fmt: skip
    assert one(prefixed) == one(plain)


def test_what_is_not_booked_yet_is_left_out_and_counted():
    said = one(a_camt(ntry("5.00"), ntry("7.00", status="<Sts><Cd>PDNG</Cd></Sts>")))
    assert (len(said.entries), said.left_out) == (1, 1)


def test_transactions_that_are_told_apart_are_entries_of_their_own():
    part = '<TxDtls><Refs/><Amt Ccy="MXN">{}</Amt><RmtInf><Ustrd>{}</Ustrd></RmtInf></TxDtls>'
    entry = ntry("30.00", ref="A1")
    start, end = entry.index("<TxDtls>"), entry.index("</NtryDtls>")
    both = entry[:start] + part.format("10.00", "F-1") + part.format("20.00", "F-2") + entry[end:]
    said = one(a_camt(both))
    assert [(each.amount.amount, each.text, each.id) for each in said.entries] == [
        (10, "F-1", "A1/1"), (20, "F-2", "A1/2")
    ]  # fmt: skip
    unequal = both.replace("20.00", "19.00")
    assert [each.amount.amount for each in one(a_camt(unequal)).entries] == [30]


@pytest.mark.parametrize(
    "more",
    [
        "<RvslInd>true</RvslInd>",
        "<BkTxCd><Domn><Fmly><SubFmlyCd>RRTN</SubFmlyCd></Fmly></Domn></BkTxCd>",
    ],
)
def test_money_given_back_is_known_as_such(more: str):
    back, came = one(a_camt(ntry("-5.00", more=more), ntry("5.00", more=more))).entries
    assert (back.returned, came.returned) == (True, False)


def test_a_file_of_several_accounts_is_several_statements():
    first, second = a_camt(ntry("5.00")), a_camt(ntry("7.00"), key="S-2", account="999900001111")
    inner = second[second.index(b"<Stmt>") : second.index(b"</BkToCstmrStmt>")]
    both = first.replace(b"</BkToCstmrStmt>", inner + b"</BkToCstmrStmt>")
    _, found = reading.read(both, None)
    assert [(each.key, each.account) for each in found] == [
        ("S-1", NUMBER), ("S-2", "999900001111")
    ]  # fmt: skip


XXE = '<!DOCTYPE Document [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
LAUGHS = "<!DOCTYPE Document [" + '<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(9)
) + "]>"  # fmt: skip


@pytest.mark.parametrize("before", [XXE, LAUGHS, "<!DOCTYPE Document>"])
def test_a_document_type_is_refused_before_anything_is_expanded(before: str):
    text = {XXE: "&x;", LAUGHS: "&j;"}.get(before, "")
    began = time.perf_counter()
    with pytest.raises(rules.ForbiddenXml):
        one(a_camt(ntry("5.00", text), before=before))
    assert time.perf_counter() - began < 1


def test_a_truncated_file_is_refused_with_its_place_wherever_it_ends():
    whole = a_camt(*(ntry("5.00", ref=f"A{n}") for n in range(3)))
    for end in range(200, len(whole) - 1, 97):
        with pytest.raises((rules.MalformedStatement, rules.ForeignFormat)) as refused:
            one(whole[:end])
    assert ":" in refused.value.place


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (a_camt(ntry("5.00")).replace(b"camt.053", b"camt.054"), rules.ForeignFormat),
        (b"<html><body>Sesion expirada</body></html>", rules.ForeignFormat),
        (b"<?xml version='1.0'?><Document xmlns='urn:x'/>", rules.ForeignFormat),
        (b"%PDF-1.7 \x00", rules.ForeignFormat),
        (b"PK\x03\x04 an xlsx", rules.ForeignFormat),
        (b"\x00" * 100, rules.ForeignFormat),
        (b":20:MT940", rules.ForeignFormat),
        (a_camt(ntry("5.00"), closing="105.01"), rules.ControlSumDiffers),
        (a_camt(ntry("5.00"), head="<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries></TtlNtries></TxsSummry>"), rules.ControlSumDiffers),
        (a_camt(ntry("5.00"), head="<TxsSummry><TtlNtries><Sum>6.00</Sum></TtlNtries></TxsSummry>"), rules.ControlSumDiffers),
        (a_camt(ntry("5.00"), head="<TxsSummry><TtlDbtNtries><Sum>5.00</Sum></TtlDbtNtries></TxsSummry>"), rules.ControlSumDiffers),
        (a_camt(ntry("5.00", currency="QQQ")), UnknownCurrency),
        (a_camt(ntry("5.00", currency="USD")), rules.OtherCurrency),
        (a_camt(ntry("5.00"), currency="EUR"), rules.OtherCurrency),
        (a_camt(ntry("5.00", on="2026-02-30")), rules.MalformedStatement),
        (a_camt(ntry("5.00", on="20260310")), rules.MalformedStatement),
        (a_camt(ntry("5.00", on="1026-03-10")), rules.MalformedStatement),
        (a_camt(ntry("5.00", on="2026-04-03")), rules.BookedInFuture),
        (a_camt(ntry("NaN")), rules.MalformedStatement),
        (a_camt(ntry("1e3")), rules.MalformedStatement),
        (a_camt(ntry("5,00")), rules.MalformedStatement),
        (a_camt(ntry("5.00").replace("CRDT", "BOTH")), rules.MalformedStatement),
        (a_camt(ntry("5.00").replace(' Ccy="MXN"', "")), rules.MalformedStatement),
        (a_camt("<x>" * 40 + "</x>" * 40), rules.MalformedStatement),
        (a_camt(ntry("5.00", ref="R" * 301)), rules.MalformedStatement),
        (a_camt(ntry("5.00", e2e="R" * 301)), rules.MalformedStatement),
        (a_camt(ntry("5.00"), key="R" * 301), rules.MalformedStatement),
        (a_camt(ntry("5.00", "x" * 20_000)), rules.MalformedStatement),
        (a_camt("<y a='" + "x" * 200_000 + "'/>"), rules.MalformedStatement),
        (a_camt("<y>1</y>" * 6_000), rules.MalformedStatement),
        (a_camt(ntry("5.00")).replace(b"<Id>S-1</Id>", b""), rules.MalformedStatement),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_said(content: bytes, refusal: type[Refusal]):
    with pytest.raises(refusal):
        one(content, MAPPING.model_copy(update={"encoding": "utf-8"}))


def test_a_day_ahead_of_us_is_let_in_and_two_are_not():
    assert one(a_camt(ntry("5.00", on="2026-04-02"))).entries
    with pytest.raises(rules.BookedInFuture):
        one(a_camt(ntry("5.00", on="2026-04-03")))


def test_a_figure_finer_than_the_currency_is_refused():
    with pytest.raises(Refusal, match=r"money\.too-many-decimals"):
        one(a_camt(ntry("5.001")))


def test_too_many_entries_are_refused_while_they_are_read(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(camt, "MOST_ENTRIES", 10)
    assert len(one(a_camt(*[ntry("5.00")] * 10)).entries) == 10
    with pytest.raises(rules.TooManyEntries):
        one(a_camt(*[ntry("5.00")] * 11))


# OFX


def test_an_ofx_is_read_and_its_days_are_the_banks():
    said = one(an_ofx(stmttrn("1160.00", "F1", "FAC-1042"), stmttrn("-60.00", "F2")))
    first, second = said.entries
    assert (said.account, said.from_on, said.to_on) == (NUMBER, date(2026, 3, 1), date(2026, 3, 31))
    # 22:00 at UTC-6 is the next day in UTC, and stays the bank's tenth.
    assert (first.booked_on, first.id, first.payer) == (date(2026, 3, 10), "F1", "Peña")
    assert (first.text, first.amount.amount, second.amount.amount) == ("FAC-1042", 1160, -60)
    assert said.closing is not None


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (an_ofx(stmttrn("5.00", "F1"))[:-300], rules.MalformedStatement),
        (an_ofx(stmttrn("5.00", "F1")).replace(b"</STMTTRN>", b"<X"), rules.MalformedStatement),
        (an_ofx(stmttrn("cinco", "F1")), rules.MalformedStatement),
        (an_ofx(stmttrn("NaN", "F1")), rules.MalformedStatement),
        (an_ofx(stmttrn("-Infinity", "F1")), rules.MalformedStatement),
        (an_ofx(stmttrn("1E+90", "F1")), rules.MalformedStatement),
        (an_ofx(stmttrn("5.00", "F\x001")), rules.MalformedStatement),
        (an_ofx(stmttrn("5.00", "F1", "x" * 400)), rules.MalformedStatement),
        (an_ofx(stmttrn("5.00", "F1", on="20260230")), rules.MalformedStatement),
        (an_ofx(stmttrn("5.00", "F1", on="ayer")), rules.MalformedStatement),
        (an_ofx(stmttrn("5.00", "F1"), currency="QQQ"), UnknownCurrency),
        (an_ofx(stmttrn("5.00", "F1"), currency="USD"), rules.OtherCurrency),
        (an_ofx(stmttrn("5.00", "F1", on="20260410")), rules.BookedInFuture),
        (an_ofx(stmttrn("5.00", "F1"), "<stmttrn><trnamt>9</stmttrn>"), rules.MalformedStatement),
        (an_ofx("<A>" * 100_000), rules.MalformedStatement),
        (an_ofx("<A><![CDATA[" * 100_000), rules.MalformedStatement),
        (b"OFXHEADER:100 " + b" " * 300_000 + b"x<OFX></OFX>", rules.MalformedStatement),
        (b"OFXHEADER:100\r\n</OFX>", rules.MalformedStatement),
        (b"OFXHEADER:100\r\n\r\n<OFX>" + b"<A>" * 5_000 + b"</OFX>", rules.MalformedStatement),
        (b'<?xml version="1.0"?><?OFX OFXHEADER="200" VERSION="211"?><OFX>&x;</OFX>', rules.MalformedStatement),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_ofx_is_said(content: bytes, refusal: type[Refusal]):
    with pytest.raises(refusal):
        one(content)


def test_an_ofx_without_a_bank_account_is_foreign():
    card = an_ofx(stmttrn("5.00", "F1"))
    for name in (b"BANKMSGSRSV1", b"STMTTRNRS", b"STMTRS"):
        card = card.replace(name, {b"BANKMSGSRSV1": b"CREDITCARDMSGSRSV1",
                                   b"STMTTRNRS": b"CCSTMTTRNRS", b"STMTRS": b"CCSTMTRS"}[name])  # fmt: skip
    card = card.replace(b"<BANKID>012", b"").replace(b"<ACCTTYPE>CHECKING", b"")
    card = card.replace(b"BANKACCTFROM", b"CCACCTFROM")
    with pytest.raises(rules.ForeignFormat):
        one(card)


def test_an_ofx_beyond_what_the_library_can_take_is_not_read(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ofx, "LARGEST", 100)
    with pytest.raises(TooLarge):
        one(an_ofx(stmttrn("5.00", "F1")))


# CSV


def test_a_csv_is_read_by_its_mapping():
    said = one(a_csv(*LINES), MAPPING)
    first, second = said.entries
    assert (first.amount.amount, first.text, first.payer) == (1160, "pago FAC-1042", "Peña")
    assert (first.reference, first.payer_account) == ("T-1", "123")
    assert (second.amount.amount, second.booked_on) == (-60, date(2026, 3, 11))
    assert said.account is None


def test_the_latest_first_and_empty_lines_are_as_good():
    lines = ["", *reversed(LINES), ";;;;;;;", ""]
    assert set(one(a_csv(*lines), MAPPING).entries) == set(one(a_csv(*LINES), MAPPING).entries)


def test_money_in_and_money_out_may_have_columns_of_their_own():
    mapping = CsvMapping(booked_on="day", money_in="in", money_out="out", skip=2)
    content = b"Banorte\nCuenta 1\nday,in,out\n2026-03-10,5.00,\n2026-03-11,,7.50\n"
    assert [each.amount.amount for each in one(content, mapping).entries] == [5, Decimal("-7.50")]
    with pytest.raises(rules.MalformedStatement):
        one(content + b"2026-03-12,1.00,1.00\n", mapping)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (a_csv(*LINES, header=HEADER.replace("Importe", "Monto")), rules.ForeignFormat),
        (a_csv(*LINES, header=HEADER.replace("Detalle", "Importe")), rules.ForeignFormat),
        (b"", rules.ForeignFormat),
        (a_csv(LINES[0], LINES[1].replace("1.200,00", "1.199,00")), rules.ControlSumDiffers),
        (a_csv(LINES[0], "12/03/2026;1,00;;;;;;999,00", LINES[1]), rules.ControlSumDiffers),
        (a_csv(LINES[0].replace("1.160,00", "1160.00")), rules.MalformedStatement),
        (a_csv(LINES[0].replace("1.160,00", "1.16,00")), rules.MalformedStatement),
        (a_csv(LINES[0].replace("1.160,00", "=1+1")), rules.MalformedStatement),
        (a_csv(LINES[0].replace("1.160,00", "")), rules.MalformedStatement),
        (a_csv(LINES[0].replace("10/03/2026", "31/02/2026")), rules.MalformedStatement),
        (a_csv(LINES[0].replace("10/03/2026", "03/13/2026")), rules.MalformedStatement),
        (a_csv(LINES[0][:20]), rules.MalformedStatement),
        (a_csv(LINES[0] + ";one more"), rules.MalformedStatement),
        (a_csv(LINES[0].replace("pago", '"pago')), rules.MalformedStatement),
        (a_csv(LINES[0].replace("pago", "pa\x00go")), rules.MalformedStatement),
        (a_csv(LINES[0].replace("Peña", "P" * 301)), rules.MalformedStatement),
        (a_csv("x" * 200_000), rules.MalformedStatement),
    ],
)
def test_what_is_wrong_with_a_csv_is_said(content: bytes, refusal: type[Refusal]):
    with pytest.raises(refusal):
        one(content, MAPPING)


def test_a_csv_of_another_encoding_or_currency_is_refused():
    with pytest.raises(rules.ForeignFormat):
        table.read(a_csv(*LINES), MAPPING.model_copy(update={"encoding": "utf-8"}), "MXN")
    mapping = CsvMapping(booked_on="day", amount="n", currency="c")
    with pytest.raises(UnknownCurrency):
        table.read(b"day,n,c\n2026-03-10,1.00,QQQ\n", mapping, "MXN")


def test_a_csv_needs_an_account_that_has_a_mapping():
    with pytest.raises(rules.AccountNeeded):
        reading.read(a_csv(*LINES), None)
    with pytest.raises(rules.ForeignFormat):
        reading.read(a_csv(*LINES), Told("MXN", None))


@pytest.mark.parametrize(
    "text", ["", ".5", "5.", "1,2", "+-1", "\u0661", "0x1", "1_000", "Infinity", " 1"]
)
def test_what_is_no_amount_is_none(text: str):
    with pytest.raises(ValueError, match="no amount"):
        amount_of(text)


def test_a_day_in_digits_of_another_script_is_none():
    with pytest.raises(ValueError, match="no day"):
        day_of("\u0662\u0660\u0662\u0666-03-10", "YYYY-MM-DD")
