"""A person's own notifications: listed, counted, acknowledged."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from kernel.events import Message
from kernel.operations import Command, Page, Question

MailState = Literal["none", "waiting", "sent", "failed"]


class Notification(Message):
    """Something a person was told, in their language."""

    notification: UUID
    topic: str
    """`order-held`, `order-released`, `order-rejected`, `invoice-overdue`, `attainment-reached`."""
    unit: str
    title: str
    text: str
    link: str
    """What it is about, as a path of the gateway: `/orders/<id>`."""
    event: UUID
    """The event that it tells of."""
    mail: MailState
    """`none`: the person has no address."""
    created_at: datetime
    acknowledged_at: datetime | None = None


class ListNotifications(Question[Page[Notification]]):
    """One's own notifications, the newest first."""

    operation: ClassVar = "notifications.list-notifications"
    answer: ClassVar = Page[Notification]
    unread: bool = False
    """Only those not yet acknowledged."""
    after: str | None = None
    """`next` of the page before."""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Unread(Message):
    """How many notifications wait to be acknowledged."""

    unread: int


class CountUnread(Question[Unread]):
    """How many of one's own notifications are not acknowledged."""

    operation: ClassVar = "notifications.count-unread"
    answer: ClassVar = Unread


class AcknowledgeNotification(Command[Notification]):
    """Seen and taken note of; a second time changes nothing."""

    operation: ClassVar = "notifications.acknowledge-notification"
    answer: ClassVar = Notification
    notification: UUID
