"""Ageing of receivables as of any date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar, Literal

from kernel.events import Message
from kernel.operations import EVERYONE, Question


class AgeingRow(Message):
    """Open amounts by days overdue; 0 or fewer is current, disputed ones are included."""

    id: str | None
    name: str | None
    currency: str
    current: str
    d1_30: str
    d31_60: str
    d61_90: str
    over_90: str
    total: str
    invoices: int


class AgeingReport(Message):
    """Sorted by name; no row of zeros."""

    rows: Sequence[AgeingRow]


class ReportAgeing(Question[AgeingReport]):
    """Ageing as of the end of a day; without `by` one row for the company."""

    operation: ClassVar = "billing.report-ageing"
    answer: ClassVar = AgeingReport
    roles: ClassVar = EVERYONE
    company: str
    as_of: date
    by: Literal["customer", "unit", "rep"] | None = None
