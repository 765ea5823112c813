"""Somebody with the authority rejected a held order."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from kernel.events import Event
from kernel.money import Money


class OrderRejectedV1(Event):
    """The order does not get the credit; customers cancels it with this reason."""

    type: ClassVar = "billing.order-rejected.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "order"

    order: UUID
    number: str
    customer: UUID
    rep: UUID | None
    total: Money
    rejected_by: UUID
    reason: str
