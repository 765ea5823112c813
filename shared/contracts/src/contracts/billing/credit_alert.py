"""A customer's credit is used up to a threshold."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from kernel.events import Event
from kernel.money import Money


class CreditAlertV1(Event):
    """Told once when the threshold is reached, and again only after it was left."""

    type: ClassVar = "billing.credit-alert.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "customer"

    customer: UUID
    company: str
    threshold: Decimal
    """A fraction of the limit: 0.8 is 80 %."""
    used: Money
    limit: Money
    customer_number: str | None = None
    rep: UUID | None = None
    """Whose customer it is."""
