"""Promises, payment plans, and the payments that keep them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from kernel.money import Money


class State(StrEnum):
    """How a promise or a plan stands; only `cancelled` is ever written down."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Paid:
    """Money that came in on a day and was not sent back."""

    paid_on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Promise:
    """A customer said that so much will be paid by a day."""

    id: UUID
    made_on: date
    promised_on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Judged:
    """How a promise stands, and what was paid on it."""

    state: State
    paid: Money


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of a plan and its day."""

    number: int
    due_on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class PlanJudged:
    """How a plan stands: what was paid on it, what of it is late, and since which instalment."""

    state: State
    paid: Money
    late: Money
    missed: int | None
    """The first instalment that is not paid in full although its day has passed."""
