"""Scorecards, and what an assessment by one comes to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kernel.money import Money

Value = Decimal | str | None
"""A number of the ledger, a choice that somebody entered, or None: not known."""


@dataclass(frozen=True, slots=True)
class Band:
    """Points for values from a bound on, or for one choice; the first bound is None."""

    points: int
    at_least: Decimal | None = None
    choice: str | None = None

    @property
    def shown(self) -> str:
        """The band as a working shows it.

        >>> Band(80, at_least=Decimal(5)).shown, Band(0).shown, Band(90, choice="aval").shown
        ('≥ 5', '< …', 'aval')
        """
        if self.choice is not None:
            return self.choice
        return "< …" if self.at_least is None else f"≥ {self.at_least}"


@dataclass(frozen=True, slots=True)
class Factor:
    """What is looked at, how much it weighs, and the points of its bands."""

    name: str
    source: str
    weight: Decimal
    bands: tuple[Band, ...]

    @property
    def by_choice(self) -> bool:
        """Whether its values are choices and no numbers."""
        return self.bands[0].choice is not None


@dataclass(frozen=True, slots=True)
class Grade:
    """What a score from a bound on leads to: months of turnover as limit, and a next look."""

    name: str
    at_least: Decimal
    months: Decimal
    review_months: int


@dataclass(frozen=True, slots=True)
class Scorecard:
    """How customers are assessed; grades from the best to the worst."""

    factors: tuple[Factor, ...]
    grades: tuple[Grade, ...]
    least_known: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Line:
    """A factor of an assessment, with what it adds to the score."""

    factor: Factor
    value: Value
    band: Band | None
    part: Decimal | None


@dataclass(frozen=True, slots=True)
class Result:
    """An assessment with its working: the parts of its lines add up to the score."""

    lines: tuple[Line, ...]
    score: Decimal | None
    known: Decimal
    grade: Grade | None
    proposed: Money | None
    review_on: date


@dataclass(frozen=True, slots=True)
class History:
    """What the ledger knows of a customer up to a day, in the currency of the credit.

    A year ends with that day. `late` is days late x amount, of what was paid and what is overdue.
    """

    weight: Decimal
    late: Decimal
    in_time: Decimal
    recent_weight: Decimal
    recent_late: Decimal
    highest: Decimal
    turnover: Decimal
    first_on: date | None
