"""Procedures of reminding, and the items they are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from billing.ledger.model import Whose
from kernel.money import Money


class Delay(StrEnum):
    """From when the days of a level count."""

    DUE_DATE = "due-date"
    END_OF_MONTH = "end-of-month"
    """The last day of the month in which the item is due."""
    LAST_LEVEL = "last-level"
    """The day on which the item reached the level before."""


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a procedure: when an item reaches it, and what that costs and does."""

    number: int
    delay: Delay
    days: int
    fee: Money | None = None
    """A fixed fee; items in another currency cost none."""
    fee_rate: Decimal | None = None
    """A fee as a part of what is open: 0.02 is 2 %."""
    blocks: bool = False
    """The customer gets no new credit while an item is at this level."""
    escalates: bool = False
    """The superior of the rep is told."""


@dataclass(frozen=True, slots=True)
class InterestTerms:
    """Interest on what is late: a rate a year, of a year of so many days."""

    yearly_rate: Decimal
    days_of_year: int = 360


@dataclass(frozen=True, slots=True)
class Procedure:
    """How a company reminds its customers: levels from 1 on, and interest."""

    company: str
    key: str
    name: str
    levels: tuple[Level, ...]
    interest: InterestTerms | None = None
    standard: bool = False
    """It holds for every customer who has no procedure of their own."""


@dataclass(frozen=True, slots=True)
class Item:
    """An invoice that is overdue, and the level it has reached; 0 is none."""

    document: UUID
    whose: Whose
    due_on: date
    open: Money
    level: int = 0
    stepped_on: date | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """An item reaches a level in a run."""

    item: Item
    level: Level
    fee: Money | None


@dataclass(frozen=True, slots=True)
class Owed:
    """From this day on so much more was owed on an item; less when it is negative."""

    day: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class InterestLine:
    """Interest on the same amount over a number of days; exact, not rounded."""

    since: date
    until: date
    days: int
    principal: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Interest:
    """The interest on one item up to a day: its working, and what of it is still to be charged."""

    lines: Sequence[InterestLine]
    to_charge: Money
