"""A customer's debt was brought before the superior of the rep."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from kernel.events import Event
from kernel.money import Money


class CollectionEscalatedV1(Event):
    """Somebody, or a level of dunning, asks the rep's superior to step in."""

    type: ClassVar = "billing.collection-escalated.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "customer"

    customer: UUID
    customer_number: str | None
    company: str
    rep: UUID | None
    """Whose superior it is about."""
    cause: Literal["dunning", "collector"]
    level: int | None
    overdue: Money
    """In the currency of the customer's credit."""
    reason: str
    escalated_by: UUID | None
