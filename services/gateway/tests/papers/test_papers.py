from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from python_calamine import load_workbook

from contracts.billing.reports import AgeingReport, AgeingRow, ReportAgeing
from gateway.papers.asked import Asked
from gateway.papers.model import (
    Column,
    Figure,
    Figures,
    Kind,
    Paper,
    Part,
    Parts,
    Signature,
    Table,
    Text,
)
from gateway.papers.pages import MOST_ROWS, TooLong, pdf
from gateway.papers.reader import Reader, phrases
from gateway.papers.receivables import ageing
from gateway.papers.workbook import xlsx

from ..conftest import Gateway

DAY = date(2026, 10, 31)
BUCKETS = ("current", "d1_30", "d31_60", "d61_90", "over_90")


def asked(locale: str = "es") -> Asked:
    return Asked(Reader(locale), "Refacciones del Norte", "Ana Treviño", DAY, {}, {})


def row(name: str, *amounts: str, currency: str = "MXN") -> AgeingRow:
    by_bucket = dict(zip(BUCKETS, amounts, strict=True))
    total = str(sum(map(Decimal, amounts)))
    return AgeingRow(
        id=f"C-{name}", name=name, currency=currency, total=total, invoices=3,
        amounts=by_bucket, **by_bucket,
    )  # fmt: skip


def report(*rows: AgeingRow) -> AgeingReport:
    return AgeingReport(rows=rows, as_of=DAY, by="customer", buckets=BUCKETS)


NUNEZ = row("Núñez & Hijos *1* #x $y$ =1+1", "1000", "250.50", "0", "0", "12345.6789")


def words_of(made: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages)


def sheets_of(made: bytes) -> dict[str, list[list[Any]]]:
    book = load_workbook(BytesIO(made))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("es", ("Antigüedad de saldos", "31 de octubre de 2026", "Más de 90 días", "Por vencer")),
        ("en", ("Ageing of receivables", "October 31, 2026", "Over 90 days", "Not due")),
    ],
)
def test_a_report_is_in_the_readers_language(locale: str, said: tuple[str, ...]):
    text = words_of(pdf(ageing(report(NUNEZ), asked(locale))))
    for phrase in (*said, "Refacciones del Norte", "Ana Treviño", "12,345.6789", "13,596.1789"):
        assert phrase in text, phrase


def test_texts_are_shown_as_they_are_and_never_read_as_markup_or_formula():
    paper = ageing(report(NUNEZ), asked())
    assert "*1* #x $y$ =1+1" in words_of(pdf(paper))
    (sheet,) = sheets_of(xlsx(paper)).values()
    assert NUNEZ.name in [cell for line in sheet for cell in line]


def test_a_workbook_has_numbers_that_can_be_counted_on():
    (sheet,) = sheets_of(xlsx(ageing(report(NUNEZ), asked()))).values()
    (line,) = [line for line in sheet if line[0] == NUNEZ.id]
    assert line[2:] == [1000, 250.5, 0, 0, 12345.6789, 13596.1789, 3]


def test_an_amount_longer_than_a_workbooks_numbers_loses_no_digit():
    long = Decimal("1234567890123456.789")
    table = Table([Column("x", Kind.MONEY)], [[long], [Decimal("1E+3")]])
    (sheet,) = sheets_of(xlsx(Paper("P", "S", [table], "es", "p"))).values()
    assert sheet[-2:] == [["1234567890123456.789"], [1000]]


def test_each_currency_is_added_up_for_itself():
    paper = ageing(report(NUNEZ, row("Smith", "7", "0", "0", "0", "0", currency="USD")), asked())
    assert [table.totals[0][-2] for table in paper.tables] == [Decimal("13596.1789"), 7]
    assert len(sheets_of(xlsx(paper))) == 2


def test_nothing_owed_is_a_paper_too():
    assert "No hay nada que mostrar" in words_of(pdf(ageing(report(), asked())))


def test_a_letter_has_an_address_a_table_and_a_signature():
    blocks = [
        Text("Estimado cliente:\n\nLe recordamos su saldo."),
        Figures([Figure("Saldo", "$10.00")]),
        Parts([Part("nada", "$0.00", Decimal(0))]),
        Table(
            [Column("Factura", wide=True), Column("Vence", Kind.DAY)], [["F-1", DAY], ["F-2", None]]
        ),
        Signature("Eva Garza", "Cobranza", "Atentamente,"),
    ]
    letter = Paper(
        "Primer aviso", "Refacciones", blocks, "es", "aviso",
        addressee=["Taller Norte", "Calle 5"], facts=[("Cliente", "C-1")],
    )  # fmt: skip
    text = words_of(pdf(letter))
    for phrase in (
        "Taller Norte",
        "Calle 5",
        "Estimado cliente:",
        "F-2",
        "31 oct 2026",
        "Eva Garza",
    ):
        assert phrase in text


def test_more_rows_than_anybody_reads_are_refused_as_pages_and_fit_a_workbook():
    table = Table([Column("n", Kind.COUNT)], [[n] for n in range(MOST_ROWS + 1)])
    paper = Paper("P", "S", [table], "en", "p")
    with pytest.raises(TooLong) as no:
        pdf(paper)
    assert (no.value.rows, no.value.most) == (MOST_ROWS + 1, MOST_ROWS)
    (sheet,) = sheets_of(xlsx(paper)).values()
    assert sheet[-1] == [MOST_ROWS]


def test_both_languages_have_the_same_phrases():
    assert set(phrases("es")) == set(phrases("en"))


async def test_a_report_can_be_had_as_a_file(gateway: Gateway, stand_in: Any, other_database: Any):
    questions = []

    async def answer(tx: Any, question: Any, who: Any):
        questions.append(question)
        return report(NUNEZ)

    path = f"/api/v1/reports/ageing?company=acme&as_of={DAY}"
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    async with stand_in("billing", other_database, {ReportAgeing: answer}):
        async with gateway.client(**{"Accept-Language": "en"}) as admin:
            by_link = await admin.get(f"{path}&format=pdf")
            by_header = await admin.get(path, headers={"Accept": f"text/html, {sheet};q=0.9"})
            as_json = await admin.get(path, headers={"Accept": "*/*"})
            unknown = await admin.get(f"{path}&format=docx")
            elsewhere = await admin.get("/api/v1/companies?format=pdf")
    assert by_link.headers["content-type"] == "application/pdf"
    assert (
        by_link.headers["content-disposition"] == "inline; filename*=UTF-8''ageing-2026-10-31.pdf"
    )
    assert "Acme" in words_of(by_link.content)
    assert by_header.headers["content-type"] == sheet
    assert NUNEZ.id in [line[0] for line in next(iter(sheets_of(by_header.content).values()))]
    assert as_json.json()["rows"][0]["id"] == NUNEZ.id
    assert (unknown.status_code, unknown.json()["code"]) == (422, "request.malformed")
    assert elsewhere.status_code != 200
    assert len(questions) == 3
