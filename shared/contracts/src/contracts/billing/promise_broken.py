"""A customer did not pay what was promised."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from kernel.events import Event
from kernel.money import Money


class PromiseBrokenV1(Event):
    """Told once per promise, after the promised day, when less than promised came in by then."""

    type: ClassVar = "billing.promise-broken.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "promise"

    promise: UUID
    customer: UUID
    customer_number: str | None
    company: str
    rep: UUID | None
    """Whose customer it is."""
    promised_on: date
    amount: Money
    paid: Money
