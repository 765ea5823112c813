"""Somebody was told something."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from kernel.events import Event


class NotificationCreatedV1(Event):
    """A new entry in a person's inbox; open pages fetch it."""

    type: ClassVar = "notifications.notification-created.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "notification"

    notification: UUID
    person: UUID
    topic: str
    """`order-held`, `order-released`, `invoice-overdue`, `attainment-reached`."""
