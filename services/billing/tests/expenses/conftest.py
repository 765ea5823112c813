"""Budgets, promises and claims of a branch, said in a line each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from billing.expenses.checks import budgets_add_up
from contracts.billing.approvals import DecideApproval, ListApprovals
from contracts.billing.expenses import (
    Budget,
    CommitExpense,
    ExpenseClaim,
    ExpenseCommitment,
    ListBudgets,
    NewExpense,
    SetBudget,
    SubmitClaim,
)
from kernel import clock
from kernel.money import plain
from kernel.scope import Principal

from ..conftest import ANA, COMPANY, EVA, Billing

MONTH = f"{clock.today():%Y-%m}"


@dataclass
class Desk:
    """Who plans, spends and approves in Monterrey, this month."""

    billing: Billing
    files: Any

    ana = staticmethod(lambda: Billing.asks("rep", person=ANA))
    eva = staticmethod(lambda: Billing.asks("manager", person=EVA))

    def receipt(self, what: str = "recibo") -> str:
        uploaded: str = self.files.put(what.encode())
        return uploaded

    def line(self, amount: str, category: str = "travel", **more: Any) -> NewExpense:
        said = {"spent_on": clock.today(), "receipt": self.receipt(f"{category} {amount}")} | more
        money = self.billing.mxn(amount)
        return NewExpense(category=category, amount=money, **said)

    async def plan(self, amount: str | None, category: str = "travel", unit: str = "mty") -> Budget:
        money = None if amount is None else self.billing.mxn(amount)
        asked = SetBudget(unit=unit, category=category, month=MONTH, currency="MXN", amount=money)
        return await self.billing.ask(asked)

    async def promise(self, amount: str, category: str = "travel") -> ExpenseCommitment:
        asked = CommitExpense(
            unit="mty",
            category=category,
            month=MONTH,
            amount=self.billing.mxn(amount),
            description="Feria",
        )
        return await self.billing.ask(asked, self.eva())

    async def claim(self, *lines: NewExpense, who: Principal | None = None) -> ExpenseClaim:
        asked = SubmitClaim(unit="mty", purpose="Visita a clientes", lines=lines)
        return await self.billing.ask(asked, who or self.ana())

    async def decide(self, claim: UUID, who: Principal | None = None, *, approve: bool = True):
        inbox = await self.billing.ask(ListApprovals(act="expense"), who or self.eva())
        (waiting,) = [one.approval for one in inbox.items if one.subject == claim]
        asked = DecideApproval(approval=waiting, approve=approve, reason="Visto")
        return await self.billing.ask(asked, who or self.eva())

    async def budget(self, category: str = "travel", month: str = MONTH) -> tuple[str, ...]:
        """Committed, actual and left, as numbers."""
        asked = ListBudgets(company=COMPANY, period=month, category=category, unit="mty")
        (one,) = (await self.billing.ask(asked)).items
        left = None if one.left is None else one.left.amount
        return tuple(
            plain(x) for x in (one.committed.amount, one.actual.amount, left) if x is not None
        )

    async def wrong(self) -> list[str]:
        async with self.billing.database.working("test") as tx:
            return await budgets_add_up(tx)


@pytest.fixture
def desk(billing: Billing, file_store: Any) -> Desk:
    return Desk(billing, file_store)
