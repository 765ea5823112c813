"""Credit was reserved for an order."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from kernel.events import Event
from kernel.money import Money


class CreditReservedV1(Event):
    """The order fits into the customer's credit; customers may confirm it."""

    type: ClassVar = "billing.credit-reserved.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "order"

    order: UUID
    number: str
    customer: UUID
    rep: UUID | None
    amount: Money
