"""Ageing as of many days, against the definition computed anew in plain Python."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from contracts.billing.imports import ImportInvoices, ImportPayments, InvoiceRecord, PaymentRecord
from contracts.billing.reports import ReportAgeing
from contracts.customers.customer_changed import CustomerChangedV1, PersonalV1
from kernel.ids import imported_id
from kernel.money import Money

from ..conftest import Billing

COMPANY, START = "refacciones", date(2026, 1, 1)
CUSTOMERS = ("K1", "K2", "K3")


def bucket(days: int) -> str:
    bounds = ((0, "current"), (30, "d1_30"), (60, "d31_60"), (90, "d61_90"))
    return next((name for upto, name in bounds if days <= upto), "over_90")


def invoices(dice: Random) -> list[InvoiceRecord]:
    made = []
    for n in range(40):
        issued = START + timedelta(days=dice.randrange(120))
        made.append(
            InvoiceRecord(
                key=f"F{n}",
                customer=dice.choice(CUSTOMERS),
                issued_on=issued,
                due_on=issued + timedelta(days=dice.choice([0, 15, 30])),
                gross=Money.of(Decimal(dice.randrange(1, 10**6)) / 10**4, "MXN"),
            )
        )
    return made


def payments(dice: Random, of: list[InvoiceRecord]) -> list[PaymentRecord]:
    """Of most invoices one payment, of part, all or more, also before it was issued."""
    return [
        PaymentRecord(
            key=f"P{one.key}",
            customer=one.customer,
            invoice=one.key,
            paid_on=one.issued_on + timedelta(days=dice.randrange(-5, 130)),
            amount=one.gross.times(Decimal(dice.choice(["0.5", "1", "1.25"]))),
        )
        for one in of
        if dice.random() < 0.7
    ]


def expected(
    issued: list[InvoiceRecord], paid: list[PaymentRecord], day: date
) -> dict[str, dict[str, Decimal]]:
    sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for one in issued:
        settled = sum(p.amount.amount for p in paid if p.invoice == one.key and p.paid_on <= day)
        left = one.gross.amount - settled
        if one.issued_on <= day and left > 0:
            sums[one.customer][bucket((day - one.due_on).days)] += left
    return {customer: dict(parts) for customer, parts in sums.items()}


@pytest.mark.parametrize("seed", range(2))
async def test_ageing_is_what_the_definition_says_on_any_day(billing: Billing, seed: int):
    dice = Random(seed)
    for key in CUSTOMERS:
        card = CustomerChangedV1(
            unit="mty",
            customer=imported_id(COMPANY, "customer", key),
            number=key,
            company=COMPANY,
            currency="MXN",
            personal=PersonalV1(name=key),
        )
        await billing.hear(card, origin="import")
    issued = invoices(dice)
    paid = payments(dice, issued)
    await billing.ask(ImportInvoices(company=COMPANY, records=issued))
    answer = await billing.ask(ImportPayments(company=COMPANY, records=paid))
    assert not answer.refused
    for days in range(0, 300, 30):
        day = START + timedelta(days=days)
        report = await billing.ask(ReportAgeing(company=COMPANY, as_of=day, by="customer"))
        shown = {
            row.id: {
                name: Decimal(getattr(row, name))
                for name in ("current", "d1_30", "d31_60", "d61_90", "over_90")
                if Decimal(getattr(row, name))
            }
            for row in report.rows
        }
        assert shown == expected(issued, paid, day), day
        whole = sum((Decimal(row.total) for row in report.rows), Decimal(0))
        for by in (None, "rep", "team", "unit", "branch", "currency"):
            for basis in ("due", "invoice"):
                asked = ReportAgeing(company=COMPANY, as_of=day, by=by, basis=basis, bounds="10,20")
                rows = (await billing.ask(asked)).rows
                assert sum((Decimal(row.total) for row in rows), Decimal(0)) == whole
                assert all(
                    Decimal(row.total) == sum(map(Decimal, row.amounts.values())) for row in rows
                )
