"""Ageing of receivables as of any date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from kernel.events import Message
from kernel.operations import EVERYONE, Question

AgeingBy = Literal["customer", "rep", "team", "unit", "branch", "currency"]
"""`unit` is where the sale was made and `branch` the branch it belongs to; `team` is the unit in
which the rep works."""
Basis = Literal["due", "invoice"]
"""Whether days are counted from the due day or from the day of the invoice."""


class AgeingRow(Message):
    """Open amounts by days overdue; 0 or fewer is current, disputed ones are included.

    `current` to `over_90` are always those of 30, 60 and 90 days; `amounts` are by the bounds
    asked for.
    """

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
    amounts: Mapping[str, str] = {}
    """By bucket, in the order of `buckets`."""


class AgeingReport(Message):
    """Sorted by name; no row of zeros."""

    rows: Sequence[AgeingRow]
    company: str | None = None
    as_of: date | None = None
    by: AgeingBy | None = None
    basis: Basis = "due"
    buckets: Sequence[str] = ()
    """`current`, `d1_30` … `over_90`, the youngest first."""


class ReportAgeing(Question[AgeingReport]):
    """Ageing as of the end of a day; without `by` one row for the company.

    `bounds` are the last days of the buckets: `15,45` makes current, 1 to 15, 16 to 45 and more.
    """

    operation: ClassVar = "billing.report-ageing"
    answer: ClassVar = AgeingReport
    roles: ClassVar = EVERYONE
    company: str
    as_of: date
    by: AgeingBy | None = None
    basis: Basis = "due"
    bounds: str = Field(default="30,60,90", pattern=r"^\d{1,4}(,\d{1,4}){0,9}$")
