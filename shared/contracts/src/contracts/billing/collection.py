"""The collector's work: worklist, contacts, agencies, escalation, statements of account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from contracts.billing.dunning import Language
from contracts.billing.limits import APPROVERS
from contracts.billing.promises import PROMISE_TAKERS
from kernel.events import Message
from kernel.money import Money
from kernel.operations import EVERYONE, Command, Question

Channel = Literal["call", "visit", "mail", "message", "internal"]
Outcome = Literal[
    "promised", "will-check", "disputes", "refuses", "no-answer", "wrong-number", "paid-already",
    "escalated", "other",
]  # fmt: skip


class WorkReason(Message):
    """A part of the risk: how much it adds, 0..1, and the figure behind it."""

    code: Literal["days-overdue", "dunning-level", "broken-promises"]
    points: Decimal
    figure: int


class WorkItem(Message):
    """A customer to ask for money; `score` is amount x risk, and ranks within its currency."""

    customer: UUID
    customer_number: str | None
    customer_name: str | None
    company: str
    unit: str
    rep: UUID | None
    rep_name: str | None
    to_ask: Money
    """Overdue, less what is promised and not yet due."""
    overdue: Money
    """Not what is in dispute, at an agency or in a plan that is kept."""
    oldest_days: int
    level: int
    broken: int
    """Promises and plans that are broken: then the customer is at the top."""
    risk: Decimal
    score: Decimal
    reasons: Sequence[WorkReason]
    last_contact: date | None
    next_on: date | None


class Worklist(Message):
    """A page of the worklist; `next` continues it, `total` is how many there are."""

    items: Sequence[WorkItem]
    total: int
    next: str | None = None


class ListWork(Question[Worklist]):
    """Whom to ask first, as of today: broken promises, then amount x risk.

    A customer whose next step was put off to a later day is left out until that day, unless
    `put_off` says otherwise.
    """

    operation: ClassVar = "billing.list-work"
    answer: ClassVar = Worklist
    roles: ClassVar = EVERYONE
    company: str | None = None
    rep: UUID | None = None
    put_off: bool = False
    after: str | None = None
    limit: int = Field(default=50, ge=1, le=200)


class Contact(Message):
    """What was said with a customer, by whom and when."""

    contact: UUID
    customer: UUID
    channel: Channel
    outcome: Outcome
    note: str
    next_on: date | None
    made_by: UUID
    made_by_name: str | None
    made_at: datetime


class RecordContact(Command[Contact]):
    """Write down a call or another contact; with `next_on` the customer is put off until then."""

    operation: ClassVar = "billing.record-contact"
    answer: ClassVar = Contact
    roles: ClassVar = PROMISE_TAKERS
    customer: UUID
    channel: Channel = "call"
    outcome: Outcome
    note: str = Field(default="", max_length=2000)
    next_on: date | None = None


class Contacts(Message):
    """A page of contacts, the latest first; `next` continues it."""

    items: Sequence[Contact]
    next: str | None = None


class ListContacts(Question[Contacts]):
    """What was said with a customer."""

    operation: ClassVar = "billing.list-contacts"
    answer: ClassVar = Contacts
    roles: ClassVar = EVERYONE
    customer: UUID
    after: str | None = None
    limit: int = Field(default=50, ge=1, le=200)


class Escalate(Command[Contact]):
    """Bring a customer's debt before the superior of the rep."""

    operation: ClassVar = "billing.escalate"
    answer: ClassVar = Contact
    roles: ClassVar = APPROVERS
    customer: UUID
    reason: str = Field(min_length=1, max_length=500)


class AgencyCase(Message):
    """Overdue invoices that an agency collects; we do not remind of them meanwhile."""

    agency_case: UUID
    customer: UUID
    agency: str
    reference: str
    reason: str
    handed_on: date
    amount: Money
    """What was open when they were handed over."""
    open: Money
    items: Sequence[UUID]
    closed_on: date | None
    closing_reason: str | None


class HandToAgency(Command[AgencyCase]):
    """Hand overdue invoices over to an agency; without `items` all that are overdue."""

    operation: ClassVar = "billing.hand-to-agency"
    answer: ClassVar = AgencyCase
    roles: ClassVar = APPROVERS
    customer: UUID
    agency: str = Field(min_length=1, max_length=200)
    reference: str = Field(default="", max_length=100)
    reason: str = Field(min_length=1, max_length=500)
    items: Sequence[UUID] = Field(default=(), max_length=500)


class CloseAgencyCase(Command[AgencyCase]):
    """Take the invoices of a case back."""

    operation: ClassVar = "billing.close-agency-case"
    answer: ClassVar = AgencyCase
    roles: ClassVar = APPROVERS
    agency_case: UUID
    reason: str = Field(min_length=1, max_length=500)


class AgencyCases(Message):
    """The cases of a customer, the latest first."""

    items: Sequence[AgencyCase]


class ListAgencyCases(Question[AgencyCases]):
    """What of a customer is or was at an agency."""

    operation: ClassVar = "billing.list-agency-cases"
    answer: ClassVar = AgencyCases
    roles: ClassVar = EVERYONE
    customer: UUID


class StatementLine(Message):
    """A document of the period: what it added to the debt, or took off it, and the balance then."""

    dated_on: date
    kind: str
    number: str
    due_on: date | None
    amount: Money
    """Negative is to the customer's credit."""
    balance: Money


class StatementItem(Message):
    """What was open at the end of the period; credit is negative."""

    kind: str
    number: str
    nth: int
    issued_on: date
    due_on: date | None
    overdue_days: int
    open: Money


class StatementOfAccount(Message):
    """The account of a customer in one currency: balance before, movements, balance after.

    `closing` is `opening` plus all movements, and the sum of what is open.
    """

    company: str
    company_name: str | None
    unit_name: str | None
    customer: UUID
    customer_number: str | None
    customer_name: str | None
    language: Language
    currency: str
    start: date
    end: date
    """The last day that is in it."""
    opening: Money
    movements: Sequence[StatementLine]
    closing: Money
    items: Sequence[StatementItem]
    overdue: Money


class GetStatementOfAccount(Question[StatementOfAccount]):
    """The statement of account of a customer; from the first movement to today, if not said."""

    operation: ClassVar = "billing.get-statement-of-account"
    answer: ClassVar = StatementOfAccount
    roles: ClassVar = EVERYONE
    customer: UUID
    start: date | None = None
    end: date | None = None
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    language: Language | None = None
