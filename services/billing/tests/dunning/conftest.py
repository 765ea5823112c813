"""A collector with a procedure, who lets runs be processed on some day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from billing.dunning import commands
from contracts.billing.dunning import (
    DunnedItem,
    DunningLetter,
    DunningLevel,
    DunningRun,
    GetDunningLetter,
    GetDunningRun,
    ListDunnedItems,
    ListDunningLetters,
    PutDunningProcedure,
    RunDunning,
)
from kernel import clock
from kernel.scope import Principal

from ..conftest import COMPANY, Billing


@contextmanager
def on(day: str) -> Iterator[None]:
    """Noon of a day."""
    noon = datetime.combine(date.fromisoformat(day), time(12), UTC)
    with clock.stopped_at(noon):
        yield


@dataclass
class Dunning:
    """Dunning of one company."""

    billing: Billing

    async def procedure(self, *days: int, **more: Any) -> None:
        """The company's standard: levels by days after the due day."""
        levels = more.pop("levels", None) or [
            DunningLevel(level=n, days=after) for n, after in enumerate(days, start=1)
        ]
        said = {"company": COMPANY, "key": "own", "name": "Propio", "standard": True}
        rate = more.pop("rate", None)
        if rate:
            said["yearly_rate"] = Decimal(rate)
        await self.billing.ask(PutDunningProcedure(**(said | {"levels": levels} | more)))

    async def owes(
        self, number: str, customer: UUID, amount: str, due_on: str, **more: Any
    ) -> UUID:
        """An invoice delivered on the first of March; returns its item."""
        said = {"delivered_on": "2026-03-01", "due_on": due_on}
        await self.billing.hear(self.billing.delivered(number, customer, amount, **said | more))
        found = await self.billing.documents(customer=customer)
        return next(each.document for each in found if each.number == number)

    async def run(self, day: str, who: Principal | None = None, **more: Any) -> DunningRun:
        """Ask for a run on its day and let it be processed."""
        with on(day):
            begun = await self.billing.ask(RunDunning(company=COMPANY, **more), who)
            while await self.process():
                pass
            return await self.billing.ask(GetDunningRun(run=begun.run))

    async def process(self) -> bool:
        """One part of a run."""
        async with self.billing.database.working("job") as tx:
            return await commands.process(tx, clock.now())

    async def items(self, day: str = "2026-12-31", **which: Any) -> Sequence[DunnedItem]:
        """What is in dunning."""
        with on(day):
            return (await self.billing.ask(ListDunnedItems(**which))).items

    async def levels(self) -> dict[str, int]:
        """The level of each open item that was reminded."""
        return {each.number: each.level for each in await self.items()}

    async def letters(self, **more: Any) -> list[DunningLetter]:
        """Every letter, the latest first."""
        rows = (await self.billing.ask(ListDunningLetters())).items
        return [await self.billing.ask(GetDunningLetter(letter=row.letter, **more)) for row in rows]

    async def charges(self, customer: UUID) -> list[tuple[str, str]]:
        """Kind and amount of what was charged, in the order in which it was."""
        found = await self.billing.documents(customer=customer)
        return [
            (each.kind, str(each.gross.amount))
            for each in reversed(found)
            if each.kind in {"fee", "interest"}
        ]

    async def pay(self, customer: UUID, amount: str, day: str, **more: Any) -> UUID:
        """A payment on its day."""
        with on(day):
            return (await self.billing.pay(customer, amount, paid_on=day, **more)).payment


@pytest.fixture
def dunning(billing: Billing) -> Dunning:
    return Dunning(billing)
