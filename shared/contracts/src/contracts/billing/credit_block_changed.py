"""A customer's credit was blocked, or released again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from kernel.events import Event


class CreditBlockChangedV1(Event):
    """Who has blocked the credit: a `person`, `dunning`; nobody when it is released."""

    type: ClassVar = "billing.credit-block-changed.v1"
    kind: ClassVar = "state"
    entity: ClassVar = "customer"

    customer: UUID
    company: str
    blocked_by: Sequence[str]
    reason: str
    changed_by: UUID | None
