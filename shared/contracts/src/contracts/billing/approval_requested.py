"""Something waits for somebody with the authority."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from kernel.events import Event
from kernel.money import Money


class ApprovalRequestedV1(Event):
    """Who asks for what; an amount of None is without an upper bound."""

    type: ClassVar = "billing.approval-requested.v1"
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
    reason: str
