"""A customer paid."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from kernel.events import Event
from kernel.money import Money


class PaymentReceivedV1(Event):
    """Money came in; what is matched to invoices is told by payment allocated."""

    type: ClassVar = "billing.payment-received.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "payment"

    payment: UUID
    number: str
    customer: UUID
    company: str
    paid_on: date
    amount: Money
    tendered: Money | None = None
    """What was paid, when it was in another currency than `amount`."""
