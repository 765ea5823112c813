"""A customer was assessed as a debtor."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from kernel.events import Event
from kernel.money import Money


class CustomerAssessedV1(Event):
    """The assessment that is on file now; what follows from it somebody decides."""

    type: ClassVar = "billing.customer-assessed.v1"
    kind: ClassVar = "state"
    entity: ClassVar = "customer"

    customer: UUID
    company: str
    assessment: UUID
    score: Decimal | None
    grade: str | None
    proposed_limit: Money | None
    review_on: date
    assessed_by: UUID
