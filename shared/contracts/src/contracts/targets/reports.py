"""Sales, attainment and commissions as numbers that can say why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from kernel.events import Message
from kernel.operations import ANALYST, COLLECTOR, DIRECTOR, MANAGER, REP, Question

READERS = frozenset({REP, MANAGER, COLLECTOR, ANALYST, DIRECTOR, "administrator"})


class SalesRow(Message):
    """Invoiced documents less credit notes; `orders` counts distinct orders."""

    id: str | None
    """The source's key, for names repeat."""
    name: str | None
    period: str | None
    """`2013`, `2013-Q1`, `2013-01`; None without a period."""
    currency: str
    orders: int
    net: str
    """A decimal with at least two decimals, exact."""
    gross: str | None


class SalesReport(Message):
    """Sorted by name and period; no total row, no row of zeros."""

    rows: Sequence[SalesRow]


class ReportSales(Question[SalesReport]):
    """Sales by unit, rep, customer or product; `to` is not included.

    `level` rolls units up: company or the source's own words (group, country, territory).
    """

    operation: ClassVar = "targets.report-sales"
    answer: ClassVar = SalesReport
    roles: ClassVar = READERS
    company: str
    by: Literal["unit", "rep", "customer", "product"]
    level: str | None = None
    period: Literal["year", "quarter", "month"] | None = None
    from_: date | None = None
    to: date | None = None


class AttainmentRow(Message):
    """A quota against what was invoiced in its period."""

    id: str
    name: str
    period_start: date
    period_end: date | None
    """The first day after the period; None while it is open."""
    currency: str
    quota: str | None
    actual: str
    attainment: str | None
    """A fraction with four decimals, half up; None without quota."""
    orders: int


class AttainmentReport(Message):
    """A row per quota, sorted by name and period."""

    rows: Sequence[AttainmentRow]


class ReportAttainment(Question[AttainmentReport]):
    """Attainment of each person, or of each unit.

    A unit's row holds all below it: the quotas of the people placed in it or below when the
    period begins, the sales of it and of the units below. So no parent shows nothing when a
    child has something, and the company's row is everything.
    """

    operation: ClassVar = "targets.report-attainment"
    answer: ClassVar = AttainmentReport
    roles: ClassVar = READERS
    company: str
    by: Literal["rep", "unit"]


class CommissionRow(Message):
    """Commission of a person: lines are exact, the amount is their sum rounded once."""

    id: str
    name: str
    period: str | None
    currency: str
    base: str
    amount: str


class CommissionReport(Message):
    """Sorted by name and period."""

    rows: Sequence[CommissionRow]


class ReportCommissions(Question[CommissionReport]):
    """Commissions by rep, of all time or per year, quarter or month."""

    operation: ClassVar = "targets.report-commissions"
    answer: ClassVar = CommissionReport
    roles: ClassVar = READERS
    company: str
    period: Literal["year", "quarter", "month"] | None = None


class CommissionLine(Message):
    """One line of a statement, with its working and the event that made it."""

    order: str | None
    document: str
    date: date
    basis: str
    rate: str
    amount: str
    plan: str
    """Key of the plan version in force on the date."""
    event: UUID
    mirrors: UUID | None = None
    """The line that a credit note undoes."""


class CommissionExplanation(Message):
    """All lines of a person and period; their exact sum, rounded once, is the amount."""

    id: str
    name: str
    period: str | None
    currency: str
    exact: str
    amount: str
    lines: Sequence[CommissionLine]


class ExplainCommission(Question[CommissionExplanation]):
    """Why a person's commission is what it is; `rep` is a name, a key or an id."""

    operation: ClassVar = "targets.explain-commission"
    answer: ClassVar = CommissionExplanation
    roles: ClassVar = READERS
    company: str
    rep: str
    period: str | None = None


class CompaniesReport(Message):
    """The companies in scope: id and name."""

    rows: Sequence[tuple[str, str]]


class ListCompanies(Question[CompaniesReport]):
    """The companies that the asking person may see."""

    operation: ClassVar = "targets.list-companies"
    answer: ClassVar = CompaniesReport
    roles: ClassVar = READERS
