"""What a rep and a manager see at a glance: quota, actual, attainment, commission, place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar
from uuid import UUID

from contracts.targets.reports import READERS
from kernel.events import Message
from kernel.money import Money
from kernel.operations import Question


class Standing(Message):
    """A target against what was invoiced; `missing` is what is still to sell, never negative."""

    period_start: date
    period_end: date | None
    target: Money
    actual: Money
    attainment: str | None
    """A fraction with four decimals, half up; None without a target."""
    missing: Money


class PersonStanding(Standing):
    """One quota of a person, and their place among the company's quotas of the same period."""

    quota: UUID
    rank: int
    """1 is the best; equals share a place."""
    ranked: int


class Commission(Message):
    """A month's commission so far: the exact sum of its lines, rounded once."""

    period: str
    base: Money
    amount: Money
    exact: str


class PersonSummary(Message):
    """A rep's day: quotas that contain the day, the month's sales and commission."""

    person: UUID
    key: str
    name: str
    company: str
    unit: str | None
    unit_name: str | None
    on: date
    month: str
    quotas: Sequence[PersonStanding]
    sales: Sequence[Money]
    """Net invoiced for the person in the month up to the day, by currency."""
    commissions: Sequence[Commission]


class GetPersonSummary(Question[PersonSummary]):
    """A rep's day; without `person` the asking person's own, without `on` today's."""

    operation: ClassVar = "targets.get-person-summary"
    answer: ClassVar = PersonSummary
    roles: ClassVar = READERS
    person: UUID | None = None
    on: date | None = None


class RepStanding(Message):
    """A person placed in the unit or below it, with the sum of the quotas that contain the day."""

    person: UUID
    key: str
    name: str
    unit: str
    target: Money | None
    actual: Money
    attainment: str | None
    rank: int | None
    """Among the people of the unit, by attainment; None without a target."""


class UnitStanding(Message):
    """A unit with all below it: its people's targets and actuals, its own month's sales."""

    unit: str
    name: str
    level: str
    target: Money | None
    actual: Money
    """Of the people placed there, in the periods of their quotas."""
    attainment: str | None
    sales: Money
    """Net of the units' own documents in the month up to the day."""


class DayRun(Message):
    """One day of the month's run: what was invoiced on it, and in the month up to it."""

    day: date
    net: Money
    so_far: Money


class UnitSummary(Message):
    """A manager's cockpit: the unit, the units right below it, its people, the month's run."""

    unit: str
    name: str
    company: str
    on: date
    month: str
    whole: UnitStanding
    units: Sequence[UnitStanding]
    people: Sequence[RepStanding]
    run: Sequence[DayRun]


class GetUnitSummary(Question[UnitSummary]):
    """A manager's cockpit; amounts in the company's currency, without `on` as of today."""

    operation: ClassVar = "targets.get-unit-summary"
    answer: ClassVar = UnitSummary
    roles: ClassVar = READERS
    unit: str
    on: date | None = None
