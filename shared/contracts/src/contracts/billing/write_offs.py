"""Write-offs: giving up what a customer owes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from contracts.billing.limits import APPROVERS
from kernel.events import Message
from kernel.money import Money
from kernel.operations import EVERYONE, Command, Question

WriteOffState = Literal["waiting", "written-off", "rejected", "void"]


class WriteOffRequested(Message):
    """A write-off that waits in the approvals inbox under its own id."""

    write_off: UUID
    item: UUID
    amount: Money


class RequestWriteOff(Command[WriteOffRequested]):
    """Ask to write off an item (an invoice, an instalment, a charge), or part of it.

    Somebody else with the authority for `write-off` decides; without an amount it is all of it.
    """

    operation: ClassVar = "billing.request-write-off"
    answer: ClassVar = WriteOffRequested
    roles: ClassVar = APPROVERS
    item: UUID
    amount: Money | None = None
    bad_debt: bool = False
    """The customer will not pay, as against a small rest that is not worth the trouble."""
    reason: str = Field(min_length=1, max_length=500)


class WriteOff(Message):
    """A write-off as it was asked for, and what became of it."""

    write_off: UUID
    item: UUID
    invoice: UUID
    invoice_number: str
    unit: str
    customer: UUID
    customer_name: str | None
    amount: Money
    bad_debt: bool
    reason: str
    state: WriteOffState
    """`void`: approved when the item owed less than that already."""
    requested_by: UUID | None
    requested_at: datetime
    written_off_on: date | None


class WriteOffs(Message):
    """A page of write-offs, the latest first; `next` continues it."""

    items: Sequence[WriteOff]
    next: str | None = None


class ListWriteOffs(Question[WriteOffs]):
    """Write-offs in scope."""

    operation: ClassVar = "billing.list-write-offs"
    answer: ClassVar = WriteOffs
    roles: ClassVar = EVERYONE
    company: str | None = None
    customer: UUID | None = None
    state: WriteOffState | None = None
    after: str | None = None
    limit: int = Field(default=50, ge=1, le=200)
