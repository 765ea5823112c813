"""How well what is owed is collected, and when it is likely to come in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from contracts.billing.reports import AgeingBy
from kernel.events import Message
from kernel.operations import EVERYONE, Question


class ReceivablesRow(Message):
    """A period of receivables; amounts with taxes, ratios as fractions, None where unknown.

    `closing` = `opening` + `invoiced` + `other` - `collected`.
    """

    id: str | None
    name: str | None
    currency: str
    opening: str
    invoiced: str
    collected: str
    """What payments settled, less what was taken back of them."""
    other: str
    """Interest and fees, less credit notes and what was written off."""
    closing: str
    overdue: str
    """Of `closing`: what is past its due day."""
    dso: str | None
    """Days sales outstanding: closing / invoiced x days of the period."""
    best_dso: str | None
    """The same if nothing were overdue; the difference is what collection could win."""
    effectiveness: str | None
    """Collection effectiveness: 1 is all that could be collected in the period."""
    weighted_days_late: str | None
    """Days after the due day, weighted by what was paid; early counts as 0."""
    on_time: str | None
    """Of what was paid in the period, the fraction paid by its due day."""


class ReceivablesReport(Message):
    """Sorted by name."""

    rows: Sequence[ReceivablesRow]
    company: str
    from_: date
    to: date
    by: AgeingBy | None = None


class ReportReceivables(Question[ReceivablesReport]):
    """DSO, collection effectiveness and days late of a period, `to` not included."""

    operation: ClassVar = "billing.report-receivables"
    answer: ClassVar = ReceivablesReport
    roles: ClassVar = EVERYONE
    company: str
    from_: date
    to: date
    by: AgeingBy | None = None


class PaymentsRow(Message):
    """Invoices and how they were paid; ratios as fractions, days with four decimals.

    By month of settlement only what is settled is counted; `invoices` and `settled` are equal.
    """

    id: str | None
    name: str | None
    period: str | None
    currency: str
    invoices: int
    customers: int
    amount: str
    settled: int
    """Of the invoices, those on which nothing is open any more."""
    on_time: int
    """Of the settled, those settled by their due day."""
    on_time_share: str | None
    days_late: int
    """Added up over the settled invoices; early counts as 0."""
    average_days: str | None
    """From invoice to settlement."""
    weighted_days: str | None
    """The same, weighted by amount."""
    disputed: int
    disputed_amount: str


class PaymentsReport(Message):
    """Sorted by name, then by period."""

    rows: Sequence[PaymentsRow]
    company: str


class ReportPayments(Question[PaymentsReport]):
    """How invoices were paid: by the period in which they were settled, or issued."""

    operation: ClassVar = "billing.report-payments"
    answer: ClassVar = PaymentsReport
    roles: ClassVar = EVERYONE
    company: str
    by: Literal["customer", "unit", "rep"] | None = None
    period: Literal["year", "quarter", "month"] | None = None
    basis: Literal["settled", "invoice"] = "settled"
    from_: date | None = None
    to: date | None = None


class ConcentrationRow(Message):
    """A customer's part of what is owed in a currency; `rank` 1 owes most."""

    rank: int
    id: str
    name: str | None
    currency: str
    open: str
    overdue: str
    share: str
    cumulative: str
    """The share of this one and all before."""


class Concentration(Message):
    """How much of a currency hangs on how few."""

    currency: str
    open: str
    customers: int
    index: str
    """Herfindahl-Hirschman: 1 is one customer alone, 1/n is n equal ones."""


class ConcentrationReport(Message):
    """The largest debtors, by currency."""

    rows: Sequence[ConcentrationRow]
    totals: Sequence[Concentration]
    company: str
    as_of: date


class ReportConcentration(Question[ConcentrationReport]):
    """How much of what is owed hangs on the largest debtors."""

    operation: ClassVar = "billing.report-concentration"
    answer: ClassVar = ConcentrationReport
    roles: ClassVar = EVERYONE
    company: str
    as_of: date
    top: int = Field(default=10, ge=1, le=500)


class CashWeek(Message):
    """What is expected in seven days, both ends included."""

    first: date
    last: date
    amount: str
    items: int


class CashForecast(Message):
    """What is open in a currency, by when it is expected; the parts add up to `open`."""

    currency: str
    open: str
    weeks: Sequence[CashWeek]
    later: str
    beyond_habit: str
    """Later than its customer usually is: no day can be told, it needs a collector."""
    disputed: str
    habit_days: str | None
    """Weighted days late of the whole company, for customers without a history."""


class CashForecastReport(Message):
    """One forecast for each currency."""

    rows: Sequence[CashForecast]
    company: str
    as_of: date


class ForecastCash(Question[CashForecastReport]):
    """When what is open is likely to come in, if each customer pays as they did in a year."""

    operation: ClassVar = "billing.forecast-cash"
    answer: ClassVar = CashForecastReport
    roles: ClassVar = EVERYONE
    company: str
    as_of: date
    weeks: int = Field(default=8, ge=1, le=26)
