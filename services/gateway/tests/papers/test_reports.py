from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from pypdf import PdfReader
from python_calamine import load_workbook

from contracts.billing.analysis import (
    CashForecast,
    CashForecastReport,
    CashWeek,
    Concentration,
    ConcentrationReport,
    ConcentrationRow,
    PaymentsReport,
    PaymentsRow,
    ReceivablesReport,
    ReceivablesRow,
)
from contracts.billing.assessment import Assessment, CreditFile, Working
from contracts.billing.feedback import AccountFeedback, FeedbackCustomer, FeedbackItem
from contracts.billing.limits import CreditAccount
from gateway.papers import collected
from gateway.papers.asked import Asked
from gateway.papers.credit_file import credit_file
from gateway.papers.feedback import account_feedback
from gateway.papers.model import Paper
from gateway.papers.pages import pdf
from gateway.papers.reader import Reader
from gateway.papers.workbook import xlsx
from kernel.money import Money

DAY, ID = date(2026, 10, 31), UUID(int=7)
AMOUNTS = {
    "current": "900.00",
    "d1_30": "100.00",
    "d31_60": "0.00",
    "d61_90": "0.00",
    "over_90": "0.00",
}
ROW = ReceivablesRow(
    id="E-1", name="Ana Ibarra", currency="MXN", opening="10.00", invoiced="1234.50",
    collected="200.00", other="-5.00", closing="1000.00", overdue="100.00", dso="25.12",
    best_dso=None, effectiveness="0.7142", weighted_days_late=None, on_time="0.6444",
)  # fmt: skip


def mxn(amount: str) -> Money:
    return Money.of(amount, "MXN")


def assessment(**more: Any) -> Assessment:
    late = Working(
        factor="Días de atraso", source="days-late", value="4.2", band="≥ 3", points=85,
        weight=Decimal(30), part=Decimal("63.7500"),
    )  # fmt: skip
    rating = Working(
        factor="Buró", source="entered", value=None, band=None, points=None, weight=Decimal(10),
        part=None,
    )  # fmt: skip
    known = {
        "assessment": ID, "customer": ID, "scorecard": "general", "version": 2, "as_of": DAY,
        "working": [late, rating], "score": Decimal("63.8"), "known": Decimal("0.75"),
        "grade": "C", "monthly_turnover": mxn("5000"), "proposed_limit": mxn("2500"),
        "review_on": date(2027, 1, 31),
    }  # fmt: skip
    return Assessment.model_validate(known | more)


PERIOD = ReceivablesReport(rows=[ROW], company="c", from_=date(2026, 10, 1), to=date(2026, 11, 1))
PAYMENTS = PaymentsReport(
    company="c",
    rows=[
        PaymentsRow(
            id="E-1", name="Ana Ibarra", period="2026-10", currency="MXN", invoices=12,
            customers=3, amount="1234.50", settled=11, on_time=9, on_time_share="0.8182",
            days_late=40, average_days="26.4448", weighted_days=None, disputed=1,
            disputed_amount="5.00",
        )
    ],
)  # fmt: skip
CONCENTRATION = ConcentrationReport(
    company="c", as_of=DAY,
    rows=[
        ConcentrationRow(rank=1, id="C-1", name="Núñez", currency="MXN", open="1234.50",
                         overdue="0.00", share="0.6", cumulative="0.6")
    ],
    totals=[Concentration(currency="MXN", open="2057.50", customers=2, index="0.5200")],
)  # fmt: skip
FORECAST = CashForecastReport(
    company="c", as_of=DAY,
    rows=[
        CashForecast(
            currency="MXN", open="1244.50", later="0.00", beyond_habit="10.00", disputed="0.00",
            habit_days=None,
            weeks=[CashWeek(first=date(2026, 11, 1), last=date(2026, 11, 7), amount="1234.50", items=2)],
        )
    ],
)  # fmt: skip
FEEDBACK = AccountFeedback(
    feedback=ID, company="c", rep=ID, rep_key="E-1", rep_name="Ana Ibarra", unit="mty",
    month="2026-10", as_of=DAY, buckets=tuple(AMOUNTS), figures=[ROW],
    customers=[
        FeedbackCustomer(customer=ID, number="C-1", name="Núñez", currency="MXN", amounts=AMOUNTS,
                         open="1000.00", overdue="100.00", oldest_days=9, disputed="0.00")
    ],
    items=[
        FeedbackItem(number="MTY-F-1", customer=ID, customer_name="Núñez", issued_on=DAY, due_on=DAY,
                     overdue_days=9, currency="MXN", open="1234.50", disputed=True)
    ],
)  # fmt: skip
FILE = CreditFile(
    company="c", customer_number="C-1", customer_name="Núñez",
    credit=CreditAccount.model_validate(
        {"customer": ID, "company": "c", "unit": "mty", "currency": "MXN", "limit": None,
         "receivable": mxn("1234.50"), "unallocated": mxn("0"), "ordered": mxn("0"),
         "reserved": mxn("0"), "used": mxn("1234.50"), "available": None}
    ),
    now=assessment(assessment=None), on_file=assessment(), history=[assessment(), assessment(grade=None)],
)  # fmt: skip

SAID = {
    "period": (collected.period, PERIOD, "Gestión de cobranza", "Collection performance"),
    "payments": (collected.payments, PAYMENTS, "Comportamiento de pago", "How invoices were paid"),
    "concentration": (collected.concentration, CONCENTRATION, "Concentración", "Concentration of"),
    "forecast": (collected.cash_forecast, FORECAST, "Pronóstico de cobranza", "Cash forecast"),
    "feedback": (account_feedback, FEEDBACK, "octubre de 2026", "October 2026"),
    "file": (credit_file, FILE, "Expediente de crédito", "Credit file"),
}


def made(name: str, locale: str) -> Paper:
    maker, answer, *_ = SAID[name]
    units = {"mty": "Monterrey"}
    return maker(answer, Asked(Reader(locale), "Refacciones", "Eva", DAY, {}, units))


@pytest.mark.parametrize("name", SAID)
@pytest.mark.parametrize("locale", ["es", "en"])
def test_every_report_is_a_paper_in_both_languages(name: str, locale: str):
    paper = made(name, locale)
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf(paper))).pages)
    assert SAID[name][2 if locale == "es" else 3] in text
    assert "1,234.50" in text
    book = load_workbook(BytesIO(xlsx(paper)))
    assert len(book.sheet_names) == len(paper.tables) > 0


def test_what_is_not_known_is_a_dash_or_empty_and_never_zero():
    (table,) = made("period", "en").tables
    assert table.rows[0][-2] is None
    figures = made("file", "es").blocks
    assert next(one.value for one in figures[0].items) == "Sin límite"
    assert made("file", "es").tables[0].rows[1][1:5] == ["—", "", None, Decimal(10)]


def test_a_limit_of_zero_is_not_no_limit():
    credit = FILE.credit.model_copy(update={"limit": mxn("0"), "available": mxn("0")})
    zero = FILE.model_copy(update={"credit": credit})
    paper = credit_file(zero, Asked(Reader("es"), "R", "E", DAY, {}, {}))
    assert next(one.value for one in paper.blocks[0].items) == "$0.00"
