"""Whatever happens to expenses, in whatever order, budgets say what they add up to."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.expenses import rules
from contracts.billing.expenses import (
    ExpenseCommitment,
    ListExpenseCommitments,
    PutExpenseCategory,
    ReleaseCommitment,
    WithdrawClaim,
)

from ..conftest import COMPANY
from .conftest import Desk

NUMBERS = count()
steps = st.lists(
    st.tuples(
        st.sampled_from(["promise", "claim", "fulfil", "approve", "reject", "withdraw", "release"]),
        st.integers(1, 700),
        st.integers(0, 9),
    ),
    min_size=4,
    max_size=14,
)


class Walk:
    """What may be done next in a category of its own, and what waits by now."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.category = f"walk-{next(NUMBERS)}"
        self.waiting: list[UUID] = []

    async def begin(self, budget: str) -> None:
        said = {"company": COMPANY, "category": self.category, "name": "Paseo", "over": "stop"}
        await self.desk.billing.ask(PutExpenseCategory(**said))
        await self.desk.plan(budget, self.category)

    async def step(self, act: str, amount: int, which: int) -> None:
        with suppress(rules.OverBudget):
            await getattr(self, act)(str(amount), which)

    async def promise(self, amount: str, which: int) -> None:
        await self.desk.promise(amount, self.category)

    async def claim(self, amount: str, which: int, **more: Any) -> None:
        receipt = self.desk.receipt(f"{next(NUMBERS)}")
        line = self.desk.line(amount, self.category, receipt=receipt, **more)
        self.waiting.append((await self.desk.claim(line)).claim)

    async def _promised(self, which: int) -> ExpenseCommitment | None:
        listed = (await self.desk.billing.ask(ListExpenseCommitments())).items
        mine = [one for one in listed if one.category == self.category]
        return mine[which % len(mine)] if mine else None

    async def fulfil(self, amount: str, which: int) -> None:
        if promised := await self._promised(which):
            await self.claim(amount, which, commitment=promised.commitment)

    async def release(self, amount: str, which: int) -> None:
        if promised := await self._promised(which):
            asked = ReleaseCommitment(commitment=promised.commitment)
            await self.desk.billing.ask(asked, self.desk.eva())

    def _next(self, which: int) -> UUID | None:
        return self.waiting.pop(which % len(self.waiting)) if self.waiting else None

    async def approve(self, amount: str, which: int) -> None:
        if claim := self._next(which):
            await self.desk.decide(claim)

    async def reject(self, amount: str, which: int) -> None:
        if claim := self._next(which):
            await self.desk.decide(claim, approve=False)

    async def withdraw(self, amount: str, which: int) -> None:
        if claim := self._next(which):
            await self.desk.billing.ask(WithdrawClaim(claim=claim), self.desk.ana())


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(walk=steps)
async def test_budgets_add_up_and_are_never_passed(
    desk: Desk, walk: Sequence[tuple[str, int, int]]
):
    walker = Walk(desk)
    await walker.begin("1000")
    for act, amount, which in walk:
        await walker.step(act, amount, which)
        *_, left = await desk.budget(walker.category)
        assert float(left) >= 0
    assert await desk.wrong() == []
    while walker.waiting:
        await walker.withdraw("", 0)
    assert await desk.wrong() == []
