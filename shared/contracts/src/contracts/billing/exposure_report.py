"""What customers use of their credit now, and the most they ever used of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import ClassVar

from pydantic import Field

from kernel.events import Message
from kernel.operations import EVERYONE, Question


class ExposureRow(Message):
    """The exposure of one customer; `used` = receivable - unallocated + ordered + reserved."""

    id: str | None
    name: str | None
    currency: str
    limit: str | None
    """None is no limit."""
    receivable: str
    unallocated: str
    ordered: str
    reserved: str
    used: str
    available: str | None


class ExposureReport(Message):
    """Whoever uses most of their credit comes first."""

    rows: Sequence[ExposureRow]


class ReportExposure(Question[ExposureReport]):
    """The exposure of all customers now; those who use nothing are left out."""

    operation: ClassVar = "billing.report-exposure"
    answer: ClassVar = ExposureReport
    roles: ClassVar = EVERYONE
    company: str


class PeakRow(Message):
    """The most that a customer owed at the end of any day, and the earliest such day."""

    id: str | None
    name: str | None
    currency: str
    peak: str
    on_day: date


class PeakReport(Message):
    """The highest peak first."""

    rows: Sequence[PeakRow]


class ReportPeakExposure(Question[PeakReport]):
    """The most that each customer ever owed, of what the asking person may see.

    Owed is what was invoiced by the end of a day, less what was paid or credited by then.
    """

    operation: ClassVar = "billing.report-peak-exposure"
    answer: ClassVar = PeakReport
    roles: ClassVar = EVERYONE
    company: str
    above: Decimal | None = Field(default=None, ge=0)
    """Only peaks above this amount; exactly the amount is not above it."""
