"""An order is confirmed: its credit stands."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from contracts.customers.order_class import OrderClass
from kernel.events import Event
from kernel.money import Money


class OrderConfirmedV1(Event):
    """The order goes ahead; an import brings open orders in this way too."""

    type: ClassVar = "customers.order-confirmed.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "order"

    order: UUID
    number: str
    customer: UUID
    company: str
    rep: UUID | None
    confirmed_on: date
    net: Money
    gross: Money
    order_class: OrderClass = "on-account"
