"""Closed periods: days that nothing is posted into any more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from kernel.events import Message
from kernel.operations import ADMINISTRATOR, DIRECTOR, EVERYONE, Command, Question


class Closing(Message):
    """Somebody closed a company through a day; an earlier day than before opens it again."""

    through: date
    reason: str
    closed_by: UUID
    closed_at: datetime


class Periods(Message):
    """Up to where a company is closed, and its history, the latest first."""

    company: str
    closed_through: date | None
    first_open: date | None
    """None when every day is open."""
    history: Sequence[Closing]


class ListPeriods(Question[Periods]):
    """Up to where a company is closed."""

    operation: ClassVar = "billing.list-periods"
    answer: ClassVar = Periods
    roles: ClassVar = EVERYONE
    company: str


class ClosePeriod(Command[Periods]):
    """Close a company through a day that is over; an earlier day opens what lies after it.

    What people post into a closed day is refused; what events bring counts on the first open day.
    """

    operation: ClassVar = "billing.close-period"
    answer: ClassVar = Periods
    roles: ClassVar = frozenset({DIRECTOR, ADMINISTRATOR})
    company: str
    through: date
    reason: str = Field(default="", max_length=500)
