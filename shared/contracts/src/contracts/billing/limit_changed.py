"""A customer's credit limit changed."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from kernel.events import Event
from kernel.money import Money


class LimitChangedV1(Event):
    """The limit in force; None is no limit, which is not a limit of zero."""

    type: ClassVar = "billing.limit-changed.v1"
    kind: ClassVar = "state"
    entity: ClassVar = "customer"

    customer: UUID
    company: str
    limit: Money | None
    changed_by: UUID | None
    until: date | None = None
    """The last day of a temporary limit."""
