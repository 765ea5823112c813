"""Credit that was reserved for an order is free again: nobody confirmed the order in time."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from kernel.events import Event
from kernel.money import Money


class ReservationExpiredV1(Event):
    """The order has no credit any more; confirmed all the same, it stands."""

    type: ClassVar = "billing.reservation-expired.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "order"

    order: UUID
    number: str
    customer: UUID
    rep: UUID | None
    amount: Money
