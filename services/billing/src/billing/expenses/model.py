"""Budgets, commitments and claims, as the rules speak of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from kernel.money import Money

ZERO = Decimal(0)


class Over(StrEnum):
    """What happens to an expense that is more than what is left of its budget."""

    STOP = "stop"
    WARN = "warn"


class State(StrEnum):
    """How far a claim is."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """The place of a budget: what a unit spends on a category in the month that begins here."""

    unit: str
    category: str
    month: date
    currency: str


@dataclass(frozen=True, slots=True)
class Change:
    """What is promised or claimed (`committed`) and what is approved (`actual`), more or less."""

    committed: Decimal = ZERO
    actual: Decimal = ZERO

    def __add__(self, other: Change) -> Change:
        return Change(self.committed + other.committed, self.actual + other.actual)

    @property
    def used(self) -> Decimal:
        """By how much more of the budget is taken."""
        return self.committed + self.actual


@dataclass(frozen=True, slots=True)
class Budget:
    """A budget and what of it is taken; None is no budget, which is not a budget of zero."""

    cell: Cell
    amount: Money | None
    committed: Money
    actual: Money
    over: Over

    @property
    def used(self) -> Money:
        """What is promised, claimed or spent of it."""
        return self.committed + self.actual

    @property
    def left(self) -> Money | None:
        """What may still be spent; below zero when more was spent than planned."""
        return None if self.amount is None else self.amount - self.used


@dataclass(frozen=True, slots=True)
class Exceeded:
    """A budget that is passed now and was not before, and by how much."""

    budget: Budget
    excess: Money


@dataclass(frozen=True, slots=True)
class Line:
    """One expense of a claim: what it was for, its receipt, and the commitment it fulfils."""

    line: int
    category: str
    spent_on: date
    amount: Money
    description: str
    receipt: str | None
    commitment: UUID | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """Expenses that somebody paid and wants back."""

    id: UUID
    company: str
    unit: str
    claimant: UUID
    purpose: str
    state: State
    total: Money
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Commitment:
    """An expense that is promised: `open` is what of it was not claimed yet."""

    id: UUID
    company: str
    cell: Cell
    amount: Money
    open: Money
