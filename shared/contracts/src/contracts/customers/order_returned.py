"""Delivered goods came back: billing credits them."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from contracts.lines import Lines
from kernel.events import Event
from kernel.money import Money


class OrderReturnedV1(Event):
    """Goods of one delivery came back; the amounts are positive, what is credited."""

    type: ClassVar = "customers.order-returned.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "order"

    order: UUID
    number: str
    delivery: UUID
    goods_return: UUID
    customer: UUID
    company: str
    rep: UUID | None
    returned_on: date
    net: Money
    gross: Money
    lines: Lines
    reason: str = ""
