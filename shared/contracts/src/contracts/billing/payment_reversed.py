"""A payment was taken back."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from kernel.events import Event
from kernel.money import Money


class PaymentReversedV1(Event):
    """The money is not there after all: a cheque bounced, a transfer was returned.

    What it had settled is told by allocation reversed.
    """

    type: ClassVar = "billing.payment-reversed.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "payment"

    payment: UUID
    number: str
    customer: UUID
    company: str
    reversed_on: date
    amount: Money
    reason: str
