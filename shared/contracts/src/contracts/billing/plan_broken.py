"""An instalment of a payment plan was not paid."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from kernel.events import Event
from kernel.money import Money


class PlanBrokenV1(Event):
    """Told on the first day after an instalment's own on which it is not paid in full.

    Once for the first one that is missing; again when that is caught up and another is missed.
    """

    type: ClassVar = "billing.plan-broken.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "plan"

    plan: UUID
    customer: UUID
    customer_number: str | None
    company: str
    rep: UUID | None
    """Whose customer it is."""
    instalment: int
    due_on: date
    late: Money
    """All that is late in the plan."""
