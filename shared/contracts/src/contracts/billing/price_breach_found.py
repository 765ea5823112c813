"""An order was placed below the floor of a product, and nobody had granted it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from kernel.events import Event, Message
from kernel.money import Money


class SoldBelowV1(Message):
    """A line that ends below its floor: sold for `net`, at least `least` was allowed."""

    number: int
    product: str
    quantity: Decimal
    net: Money
    least: Money
    short: Money


class PriceBreachFoundV1(Event):
    """A breach of the price policy, for whoever follows it up; the order goes its way."""

    type: ClassVar = "billing.price-breach-found.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "order"

    order: UUID
    number: str
    customer: UUID
    company: str
    rep: UUID | None
    placed_on: date
    lines: Sequence[SoldBelowV1]
