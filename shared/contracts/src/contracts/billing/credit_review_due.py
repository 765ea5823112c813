"""A customer's credit is to be looked at again."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from kernel.events import Event


class CreditReviewDueV1(Event):
    """Told once per assessment, on the day of its review."""

    type: ClassVar = "billing.credit-review-due.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "customer"

    customer: UUID
    customer_number: str | None
    company: str
    rep: UUID | None
    """Whose customer it is."""
    assessment: UUID
    review_on: date
    grade: str | None
