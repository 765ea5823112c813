"""The monthly account feedback: what each rep is told of their customers' accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from contracts.billing.analysis import ReceivablesRow
from kernel.events import Message
from kernel.operations import EVERYONE, Question

MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"


class FeedbackCustomer(Message):
    """What a customer owes through this rep in one currency, by days overdue."""

    customer: UUID
    number: str | None
    name: str | None
    currency: str
    amounts: Mapping[str, str]
    open: str
    overdue: str
    oldest_days: int
    """Of what is overdue; 0 when nothing is."""
    disputed: str


class FeedbackItem(Message):
    """An overdue item."""

    number: str
    customer: UUID
    customer_name: str | None
    issued_on: date
    due_on: date
    overdue_days: int
    currency: str
    open: str
    disputed: bool


class AccountFeedback(Message):
    """The accounts of one rep at the end of a month, and how the month went."""

    feedback: UUID | None
    """None is computed now; one that was told stays as it was told."""
    company: str
    rep: UUID
    rep_key: str | None
    rep_name: str | None
    unit: str
    month: str
    as_of: date
    buckets: Sequence[str]
    figures: Sequence[ReceivablesRow]
    """One for each currency."""
    customers: Sequence[FeedbackCustomer]
    """Who owes anything, the most overdue first."""
    items: Sequence[FeedbackItem]
    """The fifty longest overdue."""


class GetAccountFeedback(Question[AccountFeedback]):
    """The account feedback of one rep: as it was told, or else as it is now."""

    operation: ClassVar = "billing.get-account-feedback"
    answer: ClassVar = AccountFeedback
    roles: ClassVar = EVERYONE
    rep: UUID
    month: str = Field(pattern=MONTH)


class FeedbackTold(Message):
    """That a rep was told."""

    feedback: UUID
    rep: UUID
    rep_name: str | None
    unit: str
    month: str


class FeedbacksTold(Message):
    """Who was told, by name."""

    items: Sequence[FeedbackTold]


class ListAccountFeedbacks(Question[FeedbacksTold]):
    """The feedbacks told for a month."""

    operation: ClassVar = "billing.list-account-feedbacks"
    answer: ClassVar = FeedbacksTold
    roles: ClassVar = EVERYONE
    company: str
    month: str = Field(pattern=MONTH)
