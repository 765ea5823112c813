"""More is spent or promised than was planned."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from kernel.events import Event
from kernel.money import Money


class BudgetExceededV1(Event):
    """A budget that only warns was passed; told when it happens, not for every expense after."""

    type: ClassVar = "billing.budget-exceeded.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "budget"

    budget: UUID
    company: str
    category: str
    month: str
    """2026-03."""
    amount: Money
    used: Money
    """Promised, claimed and approved."""
    excess: Money
    by: UUID | None
    """Whose expense it was."""
