"""Orders beyond their credit: the inbox of those who may decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from contracts.billing.limits import APPROVERS
from contracts.billing.order_held import HeldFor
from kernel.events import Message
from kernel.money import Money
from kernel.operations import ADMINISTRATOR, EVERYONE, Command, Question

CreditState = Literal["reserved", "held", "ordered", "invoiced", "rejected", "void", "expired"]


class HeldOrder(Message):
    """An order that waits for a decision; `missing` is what its credit fell short by."""

    order: UUID
    number: str
    company: str
    unit: str
    customer: UUID
    customer_number: str | None
    customer_name: str | None
    rep: UUID | None
    rep_name: str | None
    total: Money
    missing: Money
    held_at: datetime
    may_decide: bool
    """Whether the person who asks has the authority for it, and it is not their own order."""
    why: HeldFor = "limit"


class HeldOrders(Message):
    """A page of held orders, the longest waiting first; `next` continues it."""

    items: Sequence[HeldOrder]
    next: str | None = None


class ListHeldOrders(Question[HeldOrders]):
    """The orders that wait for a decision about their credit."""

    operation: ClassVar = "billing.list-held-orders"
    answer: ClassVar = HeldOrders
    roles: ClassVar = EVERYONE
    company: str | None = None
    after: str | None = None
    limit: int = Field(default=50, ge=1, le=200)


class OrderDecision(Message):
    """What was decided about a held order."""

    order: UUID
    number: str
    state: CreditState
    total: Money
    decided_by: UUID
    decided_at: datetime


class ReleaseOrder(Command[OrderDecision]):
    """Let a held order go ahead beyond the limit."""

    operation: ClassVar = "billing.release-order"
    answer: ClassVar = OrderDecision
    roles: ClassVar = APPROVERS
    order: UUID
    reason: str = Field(default="", max_length=500)


class RejectOrder(Command[OrderDecision]):
    """Refuse the credit to a held order; customers cancels it with this reason."""

    operation: ClassVar = "billing.reject-order"
    answer: ClassVar = OrderDecision
    roles: ClassVar = APPROVERS
    order: UUID
    reason: str = Field(min_length=1, max_length=500)


class OrderCredit(Message):
    """How an order stands with the customer's credit."""

    order: UUID
    number: str
    customer: UUID
    state: CreditState
    total: Money
    invoiced: Money
    missing: Money | None
    """What the credit fell short by when the order was held."""


class GetOrderCredit(Question[OrderCredit]):
    """How one order stands with its credit."""

    operation: ClassVar = "billing.get-order-credit"
    answer: ClassVar = OrderCredit
    roles: ClassVar = EVERYONE
    order: UUID


class CreditPolicy(Message):
    """What a company says of its credit."""

    company: str
    reservation_days: int
    """After so many days a reservation ends that nobody has confirmed."""
    alert_at: Sequence[Decimal]
    """Fractions of the limit at which others are told: 0.8 is 80 %."""


class GetCreditPolicy(Question[CreditPolicy]):
    """What holds in a company: its own word, or what holds everywhere."""

    operation: ClassVar = "billing.get-credit-policy"
    answer: ClassVar = CreditPolicy
    roles: ClassVar = EVERYONE
    company: str


class SetCreditPolicy(Command[CreditPolicy]):
    """Say how long reservations stand in a company, and when to warn."""

    operation: ClassVar = "billing.set-credit-policy"
    answer: ClassVar = CreditPolicy
    roles: ClassVar = frozenset({ADMINISTRATOR})
    company: str
    reservation_days: int = Field(ge=1, le=365)
    alert_at: Sequence[Annotated[Decimal, Field(gt=0, le=10)]] = Field(max_length=10)
