"""A payment settles an invoice no more."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from kernel.events import Event
from kernel.money import Money


class AllocationReversedV1(Event):
    """All that a payment had settled of an item of an invoice is owed again.

    The payment was returned, or it is to settle something else. Whoever counted its allocations
    undoes so much of them.
    """

    type: ClassVar = "billing.allocation-reversed.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "payment"

    payment: UUID
    invoice: UUID
    invoice_number: str
    order: UUID | None
    customer: UUID
    company: str
    rep: UUID | None
    reversed_on: date
    amount: Money
