"""Goods of an order were handed over: billing invoices them."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from contracts.lines import Lines
from kernel.events import Event
from kernel.money import Money


class OrderDeliveredV1(Event):
    """A delivery, whole or in part; the amounts and lines are those of this delivery.

    `net` and `gross` are authoritative: what the lines do not explain is a difference.
    """

    type: ClassVar = "customers.order-delivered.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "order"

    order: UUID
    number: str
    delivery: UUID
    customer: UUID
    company: str
    rep: UUID | None
    delivered_on: date
    due_on: date
    net: Money
    gross: Money
    lines: Lines
    complete: bool = True
    """Nothing of the order remains to be delivered."""
