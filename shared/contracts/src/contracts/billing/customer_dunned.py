"""A customer was reminded of what is overdue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar
from uuid import UUID

from kernel.events import Event
from kernel.money import Money


class CustomerDunnedV1(Event):
    """A letter of a dunning run; `level` is the highest that an item reached in it."""

    type: ClassVar = "billing.customer-dunned.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "letter"

    letter: UUID
    run: UUID
    customer: UUID
    company: str
    rep: UUID | None
    """Whose customer it is."""
    level: int
    dated_on: date
    items: int
    """How many went up by a level."""
    overdue: Sequence[Money]
    """What of them is open, by currency."""
