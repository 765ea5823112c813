"""Dunning: procedures, runs, letters, and who is left out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from contracts.billing.limits import APPROVERS
from kernel.events import Message
from kernel.money import Money
from kernel.operations import ADMINISTRATOR, DIRECTOR, EVERYONE, Command, Question

Delay = Literal["due-date", "end-of-month", "last-level"]
Language = Literal["es", "en"]


class DunningLevel(Message):
    """One level: `days` after the day that `delay` names, that day included.

    A fee is `fee` for each item, or `fee_rate` of what is open on it (0.02 is 2 %), once.
    """

    level: int = Field(ge=1, le=20)
    delay: Delay = "due-date"
    days: int = Field(ge=0, le=1000)
    fee: Money | None = None
    fee_rate: Decimal | None = Field(default=None, max_digits=12, decimal_places=6)
    blocks: bool = False
    """The customer gets no new credit while an item is at this level."""
    escalates: bool = False
    """The superior of the rep is told."""
    text_es: str = Field(default="", max_length=4000)
    text_en: str = Field(default="", max_length=4000)


class DunningProcedure(Message):
    """How customers are reminded. Interest is a yearly rate, of a year of 360 or 365 days."""

    company: str
    key: str
    name: str
    standard: bool
    """It holds for every customer without a procedure of their own."""
    yearly_rate: Decimal | None
    days_of_year: int | None
    levels: Sequence[DunningLevel]


class DunningProcedures(Message):
    """The procedures of a company: its own, and those that hold everywhere."""

    items: Sequence[DunningProcedure]


class ListDunningProcedures(Question[DunningProcedures]):
    """How customers are reminded."""

    operation: ClassVar = "billing.list-dunning-procedures"
    answer: ClassVar = DunningProcedures
    roles: ClassVar = EVERYONE
    company: str


class PutDunningProcedure(Command[DunningProcedure]):
    """Say how customers are reminded; what was reminded before stays as it is."""

    operation: ClassVar = "billing.put-dunning-procedure"
    answer: ClassVar = DunningProcedure
    roles: ClassVar = frozenset({DIRECTOR, ADMINISTRATOR})
    company: str
    key: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    name: str = Field(min_length=1, max_length=100)
    standard: bool = False
    yearly_rate: Decimal | None = Field(default=None, max_digits=12, decimal_places=8)
    days_of_year: int = 360
    levels: Sequence[DunningLevel] = Field(max_length=20)


class DunningAssignment(Message):
    """Which procedure a customer has of their own; None is the company's standard."""

    customer: UUID
    key: str | None


class AssignDunningProcedure(Command[DunningAssignment]):
    """Give a customer a procedure of their own, or with None the standard again."""

    operation: ClassVar = "billing.assign-dunning-procedure"
    answer: ClassVar = DunningAssignment
    roles: ClassVar = APPROVERS
    customer: UUID
    key: str | None


class DunningStop(Message):
    """A customer, or one item, that is not reminded."""

    stop: UUID
    customer: UUID
    item: UUID | None
    until: date | None
    """The last day that is left out; None until it is lifted."""
    reason: str
    stopped_by: UUID
    lifted: bool


class DunningStops(Message):
    """The stops of a customer, the latest first."""

    items: Sequence[DunningStop]


class ListDunningStops(Question[DunningStops]):
    """What of a customer is left out of dunning, and what was."""

    operation: ClassVar = "billing.list-dunning-stops"
    answer: ClassVar = DunningStops
    roles: ClassVar = EVERYONE
    customer: UUID


class StopDunning(Command[DunningStop]):
    """Leave a customer, or one open item of theirs, out of dunning."""

    operation: ClassVar = "billing.stop-dunning"
    answer: ClassVar = DunningStop
    roles: ClassVar = APPROVERS
    customer: UUID
    item: UUID | None = None
    until: date | None = None
    reason: str = Field(min_length=1, max_length=500)


class LiftDunningStop(Command[DunningStop]):
    """Take a customer or item into dunning again."""

    operation: ClassVar = "billing.lift-dunning-stop"
    answer: ClassVar = DunningStop
    roles: ClassVar = APPROVERS
    stop: UUID


class DunningRun(Message):
    """A run of a company and day, as far as it is done; a letter may be about several items."""

    run: UUID
    company: str
    as_of: date
    imported: bool
    state: Literal["running", "done"]
    items: int
    """How many went up by a level."""
    letters: int
    charges: int
    """Fees and interest, as documents."""
    asked_by: UUID
    asked_at: datetime
    done_at: datetime | None


class RunDunning(Command[DunningRun]):
    """Remind the customers of a company: each overdue item goes up by one level at most.

    The run is processed in the background. Asked for again for the same day it is the same run.
    What an import brought is history, and left out unless `imported` says otherwise.
    """

    operation: ClassVar = "billing.run-dunning"
    answer: ClassVar = DunningRun
    roles: ClassVar = APPROVERS
    company: str
    as_of: date | None = None
    """Today, when it is not said."""
    imported: bool = False


class GetDunningRun(Question[DunningRun]):
    """How far a run is."""

    operation: ClassVar = "billing.get-dunning-run"
    answer: ClassVar = DunningRun
    roles: ClassVar = EVERYONE
    run: UUID


class DunningRuns(Message):
    """A page of runs, the latest first; `next` continues it."""

    items: Sequence[DunningRun]
    next: str | None = None


class ListDunningRuns(Question[DunningRuns]):
    """The runs of the companies in scope."""

    operation: ClassVar = "billing.list-dunning-runs"
    answer: ClassVar = DunningRuns
    roles: ClassVar = EVERYONE
    company: str | None = None
    after: str | None = None
    limit: int = Field(default=50, ge=1, le=200)


class DunnedItem(Message):
    """An open item that was reminded, and the level it is at."""

    item: UUID
    document: UUID
    number: str
    nth: int
    customer: UUID
    customer_number: str | None
    customer_name: str | None
    due_on: date
    overdue_days: int
    open: Money
    level: int
    stepped_on: date
    disputed: bool


class DunnedItems(Message):
    """A page of items in dunning, the longest overdue first; `next` continues it."""

    items: Sequence[DunnedItem]
    next: str | None = None


class ListDunnedItems(Question[DunnedItems]):
    """What was reminded and is still open; a payment takes an item off, its reversal puts it back."""

    operation: ClassVar = "billing.list-dunned-items"
    answer: ClassVar = DunnedItems
    roles: ClassVar = EVERYONE
    company: str | None = None
    customer: UUID | None = None
    level: int | None = None
    after: str | None = None
    limit: int = Field(default=50, ge=1, le=200)


class LetterItem(Message):
    """A line of a letter as it stood on its day; what is to the customer's credit is negative."""

    kind: str
    number: str
    nth: int
    issued_on: date
    due_on: date | None
    overdue_days: int
    open: Money
    level: int
    disputed: bool


class DunningLetter(Message):
    """A letter to a customer: all that was open that day, credit notes and payments too."""

    letter: UUID
    run: UUID
    company: str
    company_name: str | None
    unit_name: str | None
    customer: UUID
    customer_number: str | None
    customer_name: str | None
    level: int
    dated_on: date
    language: Language
    text: str
    items: Sequence[LetterItem]
    overdue: Sequence[Money]
    """By currency: what was overdue that day."""
    balance: Sequence[Money]
    """By currency: all that was open, less credit."""


class GetDunningLetter(Question[DunningLetter]):
    """One letter; without a language in the asker's own."""

    operation: ClassVar = "billing.get-dunning-letter"
    answer: ClassVar = DunningLetter
    roles: ClassVar = EVERYONE
    letter: UUID
    language: Language | None = None


class DunningLetterRow(Message):
    """A letter in a list."""

    letter: UUID
    run: UUID
    customer: UUID
    customer_number: str | None
    customer_name: str | None
    level: int
    dated_on: date


class DunningLetters(Message):
    """A page of letters, the latest first; `next` continues it."""

    items: Sequence[DunningLetterRow]
    next: str | None = None


class ListDunningLetters(Question[DunningLetters]):
    """Letters of a run or to a customer."""

    operation: ClassVar = "billing.list-dunning-letters"
    answer: ClassVar = DunningLetters
    roles: ClassVar = EVERYONE
    run: UUID | None = None
    customer: UUID | None = None
    after: str | None = None
    limit: int = Field(default=50, ge=1, le=200)


class ChargeLine(Message):
    """What a fee or an interest is made of, for one item.

    Of interest, since when, until when, how many days, on how much; `exact` is not rounded.
    """

    item: UUID
    number: str
    amount: Money
    level: int | None
    since: date | None = None
    until: date | None = None
    days: int | None = None
    principal: Decimal | None = None
    exact: Decimal | None = None


class ChargeExplained(Message):
    """The working of a fee or an interest."""

    document: UUID
    kind: Literal["fee", "interest"]
    lines: Sequence[ChargeLine]


class ExplainCharge(Question[ChargeExplained]):
    """Why a fee or an interest is what it is; interest is shown from the due day on."""

    operation: ClassVar = "billing.explain-charge"
    answer: ClassVar = ChargeExplained
    roles: ClassVar = EVERYONE
    document: UUID


class DunningReportRow(Message):
    """How many invoices were still open at the end of their due day plus so many days."""

    level: int
    days: int
    currency: str
    reminders: int
    amount: str
    """What was open on them then."""
    undisputed: int
    undisputed_amount: str


class DunningReport(Message):
    """A row for each level and currency."""

    rows: Sequence[DunningReportRow]


class ReportDunning(Question[DunningReport]):
    """The reminders that a policy would have produced, from what was paid when.

    `policy` are days after the due day, as `7,14,30`; level n is the n-th of them.
    """

    operation: ClassVar = "billing.report-dunning"
    answer: ClassVar = DunningReport
    roles: ClassVar = EVERYONE
    company: str
    policy: str = Field(pattern=r"^\d{1,4}(,\d{1,4}){0,19}$")
    as_of: date | None = None
    """Reminders up to this day; today, when it is not said."""
