"""Somebody with the authority released a held order."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from kernel.events import Event
from kernel.money import Money


class OrderReleasedV1(Event):
    """The order may go ahead beyond the limit; what was accepted stays accepted."""

    type: ClassVar = "billing.order-released.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "order"

    order: UUID
    number: str
    customer: UUID
    rep: UUID | None
    total: Money
    released_by: UUID
