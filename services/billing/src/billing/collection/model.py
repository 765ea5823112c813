"""Whom a collector asks for money, and why first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from kernel.money import Money


@dataclass(frozen=True, slots=True)
class Debtor:
    """What is known of a customer who is overdue, in one currency."""

    customer: UUID
    overdue: Money
    """Not what is in dispute, at an agency or in a plan that is kept."""
    promised: Money
    """Open promises."""
    oldest_days: int
    level: int
    levels: int
    """How many the customer's procedure has."""
    broken: int
    """Promises and plans that are broken now."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of a risk: how much it adds, 0..1, and the figure behind it."""

    code: str
    points: Decimal
    figure: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """A line of the worklist: what to ask for, and why it stands where it does."""

    debtor: Debtor
    to_ask: Money
    risk: Decimal
    reasons: Sequence[Reason]

    @property
    def score(self) -> Decimal:
        """Amount x risk."""
        return self.to_ask.amount * self.risk
