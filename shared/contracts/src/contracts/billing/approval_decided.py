"""A request was approved or rejected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from kernel.events import Event
from kernel.money import Money


class ApprovalDecidedV1(Event):
    """What came of a request; `decided_by` is everybody who had a say, the last one decided."""

    type: ClassVar = "billing.approval-decided.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "approval"

    approval: UUID
    act: str
    company: str
    customer: UUID | None
    subject: UUID
    amount: Money | None
    currency: str
    requested_by: UUID | None
    approved: bool
    decided_by: Sequence[UUID]
    reason: str
