from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from pypdf import PdfReader

from contracts.billing.collection import (
    GetStatementOfAccount,
    StatementItem,
    StatementLine,
    StatementOfAccount,
)
from contracts.billing.dunning import DunningLetter, GetDunningLetter, LetterItem
from gateway.papers import collection
from gateway.papers.asked import Asked
from gateway.papers.pages import pdf
from gateway.papers.reader import Reader
from kernel.money import Money

from ..conftest import Gateway

DAY = date(2026, 3, 31)
CUSTOMER, LETTER = UUID(int=7), UUID(int=8)


def mxn(amount: str) -> Money:
    return Money.of(amount, "MXN")


def asked() -> Asked:
    return Asked(Reader("es"), "Refacciones", "Eva Garza", DAY, {}, {})


def statement(language: str = "es") -> StatementOfAccount:
    return StatementOfAccount(
        company="refacciones",
        company_name="Refacciones del Norte",
        unit_name="Monterrey",
        customer=CUSTOMER,
        customer_number="C-1042",
        customer_name="Talleres Peña",
        language=language,
        currency="MXN",
        start=date(2026, 3, 1),
        end=DAY,
        opening=mxn("1000"),
        movements=[
            line("2026-03-05", "invoice", "F-1", "11600", "12600"),
            line("2026-03-20", "credit-note", "N-1", "-7733.34", "4866.66"),
        ],
        closing=mxn("4866.66"),
        items=[
            StatementItem(
                kind="invoice",
                number="F-1",
                nth=2,
                issued_on=DAY,
                due_on=date(2026, 3, 24),
                overdue_days=7,
                open=mxn("4866.66"),
            )
        ],
        overdue=mxn("4866.66"),
    )


def line(day: str, kind: str, number: str, amount: str, balance: str) -> StatementLine:
    return StatementLine(
        dated_on=date.fromisoformat(day),
        kind=kind,
        number=number,
        due_on=None,
        amount=mxn(amount),
        balance=mxn(balance),
    )


def letter(level: int = 1, language: str = "es") -> DunningLetter:
    common: dict[str, Any] = {"nth": 1, "issued_on": DAY, "level": level}
    return DunningLetter(
        letter=LETTER,
        run=UUID(int=9),
        company="refacciones",
        company_name="Refacciones del Norte",
        unit_name=None,
        customer=CUSTOMER,
        customer_number="C-1042",
        customer_name="Talleres Peña",
        level=level,
        dated_on=DAY,
        language=language,
        text="Le recordamos *su* pago.",
        items=[
            LetterItem(
                kind="invoice", number="F-1", due_on=date(2026, 3, 24), overdue_days=7,
                open=mxn("100"), disputed=True, **common,
            ),
            LetterItem(
                kind="credit-note", number="N-1", due_on=None, overdue_days=0,
                open=mxn("-30"), disputed=False, **common,
            ),
        ],
        overdue=[mxn("100")],
        balance=[mxn("70")],
    )  # fmt: skip


def words_of(made: bytes) -> str:
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages)
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("es", ("Estado de cuenta", "Saldo anterior", "Nota de crédito", "parcialidad 2")),
        ("en", ("Statement of account", "Balance before", "Credit note", "instalment 2")),
    ],
)
def test_a_statement_is_in_the_customers_language(language: str, said: tuple[str, ...]):
    text = words_of(pdf(collection.statement(statement(language), asked())))
    for phrase in (*said, "Talleres Peña", "C-1042", "Monterrey", "4,866.66", "-7,733.34"):
        assert phrase in text, phrase


@pytest.mark.parametrize(
    ("level", "language", "title"),
    [
        (1, "es", "Recordatorio de pago"),
        (3, "en", "Demand for payment"),
        (4, "es", "Requerimiento de pago, nivel 4"),
    ],
)
def test_a_letter_says_its_level_its_text_and_all_that_is_open(
    level: int, language: str, title: str
):
    text = words_of(pdf(collection.letter(letter(level, language), asked())))
    for phrase in (title, "Le recordamos *su* pago.", "F-1", "N-1", "-30.00", "70.00"):
        assert phrase in text, phrase


async def test_both_come_as_pdf_through_the_gateway(
    gateway: Gateway, stand_in: Any, other_database: Any
):
    async def get_statement(tx: Any, asked: Any, who: Any):
        return statement(asked.language or "es")

    async def get_letter(tx: Any, asked: Any, who: Any):
        return letter(language=asked.language or "es")

    answers = {GetStatementOfAccount: get_statement, GetDunningLetter: get_letter}
    pdf_please = {"Accept": "application/pdf"}
    async with stand_in("billing", other_database, answers), gateway.client() as http:
        account = await http.get(
            f"/api/v1/customers/{CUSTOMER}/statement?language=en", headers=pdf_please
        )
        reminder = await http.get(f"/api/v1/dunning-letters/{LETTER}", headers=pdf_please)
        plain = await http.get(f"/api/v1/dunning-letters/{LETTER}")
    assert "Statement of account" in words_of(account.content)
    assert "recordatorio-c-1042-2026-03-31.pdf" in reminder.headers["content-disposition"]
    assert plain.json()["level"] == 1
