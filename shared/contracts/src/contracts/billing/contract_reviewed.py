"""A contract was looked through, and may be signed or not."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from kernel.events import Event
from kernel.money import Money


class ContractReviewedV1(Event):
    """The review of a contract was approved, or rejected with a reason."""

    type: ClassVar = "billing.contract-reviewed.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "review"

    review: UUID
    contract: UUID | None
    """As its owner knows it; None when only its number is known."""
    number: str
    customer: UUID
    company: str
    value: Money
    approved: bool
    reviewed_by: UUID | None
    requested_by: UUID
    reason: str
