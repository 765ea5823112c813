"""A customer disputes what they owe, or does so no more."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from kernel.events import Event
from kernel.money import Money


class DisputeChangedV1(Event):
    """Whether an item is in dispute now, why, and how the dispute ended."""

    type: ClassVar = "billing.dispute-changed.v1"
    kind: ClassVar = "state"
    entity: ClassVar = "item"

    item: UUID
    """An invoice, one instalment of it, or a charge."""
    invoice: UUID
    invoice_number: str
    customer: UUID
    company: str
    rep: UUID | None
    disputed: bool
    reason: str
    outcome: Literal["upheld", "rejected", "withdrawn"] | None
    open: Money
