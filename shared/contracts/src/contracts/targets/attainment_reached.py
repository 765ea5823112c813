"""A person reached the quota of a period."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from kernel.events import Event
from kernel.money import Money


class AttainmentReachedV1(Event):
    """Told once per quota, when the actual first reaches the threshold of it."""

    type: ClassVar = "targets.attainment-reached.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "quota"

    quota: UUID
    person: UUID
    company: str
    period_start: date
    period_end: date | None
    """The first day after the period; None while it is open."""
    target: Money
    actual: Money
    attainment: Decimal
    """A fraction with four decimals: 1.0000 is 100 %."""
    threshold: Decimal
