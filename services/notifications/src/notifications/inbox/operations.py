"""One's own notifications on the bus."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.notifications.inbox import (
    AcknowledgeNotification,
    CountUnread,
    ListNotifications,
    Notification,
    Unread,
)
from kernel import clock
from kernel.database import Transaction
from kernel.operations import Page
from kernel.paging import page_of, place
from kernel.problems import NotFound
from kernel.rpc import Operations
from kernel.scope import Principal
from notifications.inbox.store import Inbox, Place

operations = Operations()


@operations.question(ListNotifications)
async def list_notifications(
    tx: Transaction, asked: ListNotifications, who: Principal
) -> Page[Notification]:
    """A page of them, the newest first."""
    rows = await Inbox(tx).page(
        unread=asked.unread,
        after=place(asked.after, _place) if asked.after else None,
        limit=asked.limit + 1,
    )
    page, following = page_of(rows, asked.limit, lambda row: (row.created_at, row.notification))
    return Page[Notification](items=page, next=following)


@operations.question(CountUnread)
async def count_unread(tx: Transaction, asked: CountUnread, who: Principal) -> Unread:
    """How many wait."""
    return Unread(unread=await Inbox(tx).unread())


@operations.command(AcknowledgeNotification)
async def acknowledge_notification(
    tx: Transaction, asked: AcknowledgeNotification, who: Principal
) -> Notification:
    """Take note of one."""
    found = await Inbox(tx).acknowledge(asked.notification, clock.now())
    if found is None:
        raise NotFound("notification", str(asked.notification))
    return found


def _place(key: list[object]) -> Place:
    moment, notification = key
    return datetime.fromisoformat(str(moment)), UUID(str(notification))
