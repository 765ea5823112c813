"""An order went beyond the available credit."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from kernel.events import Event
from kernel.money import Money

HeldFor = Literal["limit", "group", "blocked", "currency"]
"""The customer's own limit, that of the group, a block, or credit in another currency."""


class OrderHeldV1(Event):
    """The order waits for somebody to decide; `missing` is what the credit falls short by.

    Held for a block, nothing may be missing.
    """

    type: ClassVar = "billing.order-held.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "order"

    order: UUID
    number: str
    customer: UUID
    rep: UUID | None
    total: Money
    missing: Money
    why: HeldFor = "limit"
