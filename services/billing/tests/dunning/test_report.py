"""The reminders of a policy, against the definition computed anew in plain Python."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from contracts.billing.dunning import ReportDunning
from contracts.billing.imports import ImportInvoices, ImportPayments, InvoiceRecord, PaymentRecord
from contracts.customers.customer_changed import CustomerChangedV1, PersonalV1
from kernel.ids import imported_id
from kernel.money import Money

from ..conftest import COMPANY, Billing

START, POLICY = date(2026, 1, 1), (0, 7, 14, 30)


def invoices(dice: Random) -> list[InvoiceRecord]:
    made = []
    for n in range(40):
        issued = START + timedelta(days=dice.randrange(60))
        made.append(
            InvoiceRecord(
                key=f"F{n}",
                customer="K1",
                issued_on=issued,
                due_on=issued + timedelta(days=dice.choice([0, 15, 30])),
                gross=Money.of(Decimal(dice.randrange(1, 10**6)) / 100, "MXN"),
                disputed=dice.random() < 0.3,
            )
        )
    return made


def payments(dice: Random, of: list[InvoiceRecord]) -> list[PaymentRecord]:
    """Of most invoices one payment, of a part or all, early, on a day of the policy, or late."""
    return [
        PaymentRecord(
            key=f"P{one.key}",
            customer=one.customer,
            invoice=one.key,
            paid_on=one.due_on + timedelta(days=dice.choice([-9, 0, 6, 7, 8, 14, 15, 30, 31, 50])),
            amount=one.gross.share(Decimal(dice.choice(["0.5", "1"]))),
        )
        for one in of
        if dice.random() < 0.8
    ]


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_reminder_is_due_when_the_invoice_is_open_at_the_end_of_that_day(
    billing: Billing, seed: int
):
    dice = Random(seed)
    card = CustomerChangedV1(
        unit="mty",
        customer=imported_id(COMPANY, "customer", "K1"),
        number="K1",
        company=COMPANY,
        owner=None,
        currency="MXN",
        personal=PersonalV1(name="K1"),
    )
    await billing.hear(card, origin="import")
    owed = invoices(dice)
    paid = {one.invoice: one for one in payments(dice, owed)}
    await billing.ask(ImportInvoices(company=COMPANY, records=owed))
    await billing.ask(ImportPayments(company=COMPANY, records=list(paid.values())))
    as_of = START + timedelta(days=100)
    asked = ReportDunning(company=COMPANY, policy=",".join(map(str, POLICY)), as_of=as_of)
    rows = (await billing.ask(asked)).rows
    for level, days in enumerate(POLICY, start=1):
        open_then = []
        for one in owed:
            day = one.due_on + timedelta(days=days)
            settles = paid.get(one.key)
            left = one.gross.amount
            if settles and max(settles.paid_on, one.issued_on) <= day:
                left -= settles.amount.amount
            if left > 0 and day <= as_of:
                open_then.append((one, left))
        (row,) = [row for row in rows if row.level == level]
        assert row.reminders == len(open_then)
        assert row.undisputed == sum(not one.disputed for one, _ in open_then)
        assert Decimal(row.amount) == sum(left for _, left in open_then)
