"""An order went beyond the available credit."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from kernel.events import Event
from kernel.money import Money


class OrderHeldV1(Event):
    """The order waits for somebody to decide; `missing` is what the credit falls short by."""

    type: ClassVar = "billing.order-held.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "order"

    order: UUID
    number: str
    customer: UUID
    rep: UUID | None
    total: Money
    missing: Money
