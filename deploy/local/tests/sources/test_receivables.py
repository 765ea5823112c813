"""The file of receivables becomes invoices and payments."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gerencia.installation import GerenciaError
from gerencia.sources import receivables
from gerencia.sources.reading import Import, Refused
from kernel.money import Money

HEADER = (
    "countryCode,customerID,PaperlessDate,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,"
    "Disputed,SettledDate,PaperlessBill,DaysToSettle,DaysLate"
)
PAID = "391,0379-NEVHP,4/6/2013,0000611365,1/2/2013,2/1/2013,55.94,No,1/15/2013,Paper,13,0"
DISPUTED = "406,8976-AMJEO,3/3/2012,0007900770,1/26/2013,2/25/2013,94,Yes,3/3/2013,Electronic,36,6"


def source(tmp_path: Path, *rows: str) -> Import:
    file = tmp_path / "accounts_receivable.csv"
    file.write_text("\n".join([HEADER, *rows]) + "\n")
    return receivables.read(file)


def read(what: Import) -> dict[str, list[Any]]:
    return {
        barrier.name: [
            each if isinstance(each, Refused) else each.record
            for load in barrier.loads
            for each in load.rows()
        ]
        for barrier in what.barriers
    }


def test_an_invoice_and_its_payment(tmp_path: Path) -> None:
    seen = read(source(tmp_path, PAID, DISPUTED))
    paid, disputed = seen["invoices"]
    assert (paid.key, paid.customer, paid.unit) == ("0000611365", "0379-NEVHP", "391")
    assert (paid.issued_on, paid.due_on) == (date(2013, 1, 2), date(2013, 2, 1))
    assert (paid.gross, paid.net, paid.disputed) == (Money.of("55.94", "USD"), None, False)
    assert disputed.disputed
    payment, _ = seen["payments"]
    assert (payment.invoice, payment.paid_on) == ("0000611365", date(2013, 1, 15))
    assert payment.amount == paid.gross


def test_units_are_the_company_and_its_countries(tmp_path: Path) -> None:
    units = read(source(tmp_path, DISPUTED, PAID))["organisation"]
    assert [(unit.key, unit.level, unit.parent, unit.active_from) for unit in units] == [
        ("receivables", "company", None, date(2013, 1, 2)),
        ("391", "country", "receivables", date(2013, 1, 2)),
        ("406", "country", "receivables", date(2013, 1, 2)),
    ]


def test_each_customer_has_one_card(tmp_path: Path) -> None:
    again = PAID.replace("0000611365", "0000611366")
    customers = read(source(tmp_path, PAID, again, DISPUTED))["customers"]
    assert [customer.key for customer in customers] == ["0379-NEVHP", "8976-AMJEO"]


def test_an_invoice_that_is_not_settled_has_no_payment(tmp_path: Path) -> None:
    seen = read(source(tmp_path, PAID.replace("1/15/2013", "")))
    assert len(seen["invoices"]) == 1
    assert seen["payments"] == []


def test_the_assumed_currency_is_said(tmp_path: Path) -> None:
    assert source(tmp_path, PAID).notes == ["The file names no currency: USD is assumed."]


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("2/1/2013", "2/30/2013", "source.no-such-day"),
        ("1/15/2013", "13/15/2013", "source.no-such-day"),
        ("55.94", "-55.94", "source.not-above-zero"),
        ("55.94", "fifty", "source.no-number"),
        ("No", "Perhaps", "source.unknown-key"),
        ("0379-NEVHP", "", "source.missing"),
        ("0000611365", "0007900770", "source.key-twice"),
    ],
)
def test_a_bad_row_is_refused_with_its_line(
    tmp_path: Path, before: str, after: str, code: str
) -> None:
    seen = read(source(tmp_path, DISPUTED, PAID.replace(before, after, 1)))
    assert [(r.line, r.code) for r in seen["invoices"] if isinstance(r, Refused)] == [(3, code)]
    assert len(seen["payments"]) == 1


def test_a_file_of_another_kind_is_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "other.csv"
    file.write_text("a,b\n1,2\n")
    with pytest.raises(GerenciaError, match=r"has no column .*countryCode"):
        receivables.read(file)
    with pytest.raises(GerenciaError, match="cannot be read"):
        receivables.read(tmp_path / "nothing.csv")
