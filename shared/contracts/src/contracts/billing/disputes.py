"""Disputes: what customers say they do not owe."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from contracts.billing.limits import APPROVERS
from kernel.events import Message
from kernel.money import Money
from kernel.operations import EVERYONE, Command, Question

Outcome = Literal["upheld", "rejected", "withdrawn"]


class ItemDispute(Message):
    """An item (an invoice, an instalment of it, a charge) and whether it is in dispute now."""

    item: UUID
    invoice: UUID
    invoice_number: str
    disputed: bool
    open: Money


class OpenDispute(Command[ItemDispute]):
    """A customer disputes an item: it is not reminded, and earns no interest, until settled."""

    operation: ClassVar = "billing.open-dispute"
    answer: ClassVar = ItemDispute
    roles: ClassVar = EVERYONE
    item: UUID
    reason: str = Field(min_length=1, max_length=500)


class SettleDispute(Command[ItemDispute]):
    """A dispute ends: upheld (the customer was right), rejected, or withdrawn."""

    operation: ClassVar = "billing.settle-dispute"
    answer: ClassVar = ItemDispute
    roles: ClassVar = APPROVERS
    item: UUID
    outcome: Outcome
    note: str = Field(default="", max_length=500)


class Dispute(Message):
    """A dispute, open or settled."""

    id: UUID
    item: UUID
    invoice: UUID
    invoice_number: str
    instalment: int
    unit: str
    customer: UUID
    customer_name: str | None
    open: Money
    disputed_on: date
    reason: str
    disputed_by: UUID | None
    settled_on: date | None
    outcome: Outcome | None
    note: str
    settled_by: UUID | None


class Disputes(Message):
    """A page of disputes, the latest first; `next` continues it."""

    items: Sequence[Dispute]
    next: str | None = None


class ListDisputes(Question[Disputes]):
    """Disputes in scope."""

    operation: ClassVar = "billing.list-disputes"
    answer: ClassVar = Disputes
    roles: ClassVar = EVERYONE
    company: str | None = None
    customer: UUID | None = None
    open_only: bool = True
    after: str | None = None
    limit: int = Field(default=50, ge=1, le=200)
