"""An order was cancelled: its credit is free again."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from kernel.events import Event


class OrderCancelledV1(Event):
    """The order will not be delivered."""

    type: ClassVar = "customers.order-cancelled.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "order"

    order: UUID
    number: str
    customer: UUID
    company: str
    rep: UUID | None
    reason: str = ""
