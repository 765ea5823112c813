"""Whatever happens to invoices, in any order: against levels and interest kept in plain Python."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest

from billing.ledger.commands import reverse_payment

from ..conftest import Billing
from .conftest import Dunning, on

LEVELS, RATE, CENT = (3, 8, 20), Decimal("0.36"), Decimal("0.01")
BEGIN = date(2026, 3, 1)


@dataclass
class Owed:
    """An invoice as this test knows it."""

    item: UUID
    customer: UUID
    due_on: date
    changes: list[tuple[date, Decimal]]
    level: int = 0
    payments: list[tuple[UUID, Decimal]] = field(default_factory=list)

    @property
    def open(self) -> Decimal:
        return sum((amount for _, amount in self.changes), Decimal(0))

    def interest(self, until: date) -> Decimal:
        """What was owed at the end of each day from the due day on, a day's rate each."""
        days = (until - self.due_on).days
        ends = (
            sum(amount for day, amount in self.changes if day <= self.due_on + timedelta(n))
            for n in range(days)
        )
        exact = sum((Decimal(end) * RATE / 360 for end in ends), Decimal(0))
        return exact.quantize(CENT, ROUND_HALF_UP)

    def run(self, today: date) -> None:
        """One level at most, on its day."""
        if self.open > 0 and self.level < len(LEVELS):
            reached = self.due_on + timedelta(days=LEVELS[self.level])
            self.level += today >= reached


async def begin(billing: Billing, dunning: Dunning, dice: Random) -> list[Owed]:
    await dunning.procedure(*LEVELS, rate=str(RATE))
    owed = []
    for n in range(6):
        customer = await billing.customer(f"T{n % 2}")
        due, amount = BEGIN + timedelta(days=dice.randrange(20)), dice.randrange(100, 10**5)
        item = await dunning.owes(f"F-{n}", customer, str(amount), due.isoformat())
        owed.append(Owed(item, customer, due, [(BEGIN, Decimal(amount))]))
    return owed


async def pay(dunning: Dunning, one: Owed, amount: Decimal, today: date) -> None:
    payment = await dunning.pay(one.customer, str(amount), today.isoformat(), invoice=one.item)
    one.changes.append((today, -amount))
    one.payments.append((payment, amount))


async def send_back(billing: Billing, one: Owed, today: date) -> None:
    payment, amount = one.payments.pop()
    async with billing.database.working("bank") as tx:
        await reverse_payment(tx, payment, today, "no funds")
    one.changes.append((today, amount))


async def charged(billing: Billing) -> dict[UUID, Decimal]:
    async with billing.database.working("test") as tx:
        rows = await tx.driver.fetch(
            "SELECT item, sum(amount) AS amount FROM dunning_charges GROUP BY item"
        )
    return {row["item"]: row["amount"] for row in rows}


@pytest.mark.parametrize("seed", [1, 2])
async def test_levels_and_interest_are_what_they_should_be_whatever_happens(
    billing: Billing, dunning: Dunning, seed: int
):
    dice = Random(seed)
    owed, today = await begin(billing, dunning, dice), BEGIN
    for _ in range(25):
        today += timedelta(days=dice.randrange(1, 4))
        one: Any = dice.choice(owed)
        act = dice.choice(["run", "run", "pay", "part", "back"])
        if act == "run":
            await dunning.run(today.isoformat())
            for each in owed:
                each.run(today)
        elif act == "back" and one.payments:
            await send_back(billing, one, today)
        elif act in {"pay", "part"} and one.open > 0:
            part = (one.open / 3).quantize(CENT)
            await pay(dunning, one, one.open if act == "pay" else part, today)
        with on(today.isoformat()):
            shown = {each.item: each.level for each in await dunning.items(today.isoformat())}
        assert shown == {each.item: each.level for each in owed if each.open > 0 and each.level}
    for one in owed:
        if one.open > 0:
            await pay(dunning, one, one.open, today)
    await dunning.run((today + timedelta(days=1)).isoformat())
    found = await charged(billing)
    assert {one.item: found.get(one.item, Decimal(0)) for one in owed} == {
        one.item: one.interest(today) for one in owed
    }
    assert await billing.wrong() == []
