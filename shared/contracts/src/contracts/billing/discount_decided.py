"""Somebody decided about a discount."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from kernel.events import Event, Message
from kernel.money import Money


class DiscountLineV1(Message):
    """What so many pieces cost by the list, and with the discount; without tax."""

    number: int
    product: str
    quantity: Decimal
    listed: Money
    net: Money


class DiscountDecidedV1(Event):
    """The customer may buy for `net` up to `valid_until`, that day included; or not, if rejected."""

    type: ClassVar = "billing.discount-decided.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "discount"

    discount: UUID
    number: str
    """Of the quote or order that it was asked for."""
    document: UUID | None = None
    customer: UUID
    company: str
    rep: UUID
    """Who asked for it."""
    approved: bool
    decided_by: UUID | None
    reason: str
    listed: Money
    net: Money
    valid_until: date
    lines: Sequence[DiscountLineV1]
