"""An order was placed and asks for credit."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from contracts.customers.order_class import OrderClass
from contracts.lines import Lines
from kernel.events import Event
from kernel.money import Money


class OrderPlacedV1(Event):
    """A customer ordered; billing answers with credit reserved or with the order held."""

    type: ClassVar = "customers.order-placed.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "order"

    order: UUID
    number: str
    customer: UUID
    company: str
    rep: UUID | None
    placed_on: date
    net: Money
    gross: Money
    """Taxes included: what the customer will owe."""
    lines: Lines
    order_class: OrderClass = "on-account"
