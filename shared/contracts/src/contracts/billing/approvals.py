"""The approvals inbox: everything that waits for somebody with the authority."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from contracts.billing.limits import APPROVERS
from kernel.events import Message
from kernel.money import Money
from kernel.operations import Command, Page, Question

ApprovalState = Literal["waiting", "approved", "rejected", "withdrawn"]


class Vote(Message):
    """What one person said to a request."""

    person: UUID
    person_name: str | None
    approve: bool
    alone: bool
    """Whether this person's authority needs no second person for the amount."""
    reason: str
    voted_at: datetime


class Approval(Message):
    """A request for something that needs an authority, and what was decided about it."""

    approval: UUID
    act: str
    """What is asked for: set-limit, release-order, write-off …"""
    state: ApprovalState
    company: str
    unit: str
    customer: UUID | None
    customer_number: str | None
    customer_name: str | None
    subject: UUID
    """What it is about: a customer, an order, an expense claim …, as the act says."""
    amount: Money | None
    """None is without an upper bound: lifting a limit."""
    currency: str
    requested_by: UUID | None
    requested_by_name: str | None
    requested_at: datetime
    reason: str
    details: Mapping[str, Any]
    votes: Sequence[Vote]
    """Whoever approved or rejected, the first one first."""
    decided_at: datetime | None


class ListApprovals(Question[Page[Approval]]):
    """What the asking person may decide now, the longest waiting first.

    Not in it: what is above their authority, what they asked for themselves, and what waits for
    a second person after they approved it.
    """

    operation: ClassVar = "billing.list-approvals"
    answer: ClassVar = Page[Approval]
    roles: ClassVar = APPROVERS
    company: str | None = None
    act: str | None = None
    after: str | None = None
    limit: int = Field(default=50, ge=1, le=200)


class ListApprovalHistory(Question[Page[Approval]]):
    """Requests in the person's scope with what became of them, the latest first."""

    operation: ClassVar = "billing.list-approval-history"
    answer: ClassVar = Page[Approval]
    company: str | None = None
    act: str | None = None
    state: ApprovalState | None = None
    customer: UUID | None = None
    subject: UUID | None = None
    requested_by: UUID | None = None
    after: str | None = None
    limit: int = Field(default=50, ge=1, le=200)


class GetApproval(Question[Approval]):
    """One request."""

    operation: ClassVar = "billing.get-approval"
    answer: ClassVar = Approval
    approval: UUID


class DecideApproval(Command[Approval]):
    """Approve or reject a request; it may still wait for a second person afterwards."""

    operation: ClassVar = "billing.decide-approval"
    answer: ClassVar = Approval
    roles: ClassVar = APPROVERS
    approval: UUID
    approve: bool
    reason: str = Field(default="", max_length=500)
