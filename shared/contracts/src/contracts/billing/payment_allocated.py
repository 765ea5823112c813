"""A payment was matched to an invoice."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from kernel.events import Event
from kernel.money import Money


class PaymentAllocatedV1(Event):
    """Part of a payment settles an invoice; what a reader needs of the invoice is repeated."""

    type: ClassVar = "billing.payment-allocated.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "payment"

    payment: UUID
    invoice: UUID
    invoice_number: str
    order: UUID | None
    customer: UUID
    company: str
    rep: UUID | None
    allocated_on: date
    amount: Money
    open_after: Money
    """What the invoice still owes after this."""
