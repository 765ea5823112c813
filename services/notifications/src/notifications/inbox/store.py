"""How a person's notifications are read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_, update

from contracts.notifications.inbox import Notification
from kernel.database import Transaction
from notifications.tables import mails, notifications

Place = tuple[datetime, UUID]
"""The moment and the notification after which a page begins."""

_SHOWN = {"claimed": "waiting"}


class Inbox:
    """One person's notifications: the database shows them no others."""

    def __init__(self, tx: Transaction) -> None:
        self.tx = tx

    async def page(
        self, *, unread: bool, after: Place | None = None, limit: int
    ) -> list[Notification]:
        """Notifications, the newest first."""
        found = _rows()
        if unread:
            found = found.where(notifications.c.acknowledged_at.is_(None))
        if after is not None:
            place = tuple_(notifications.c.created_at, notifications.c.notification)
            found = found.where(place < after)
        newest = (notifications.c.created_at.desc(), notifications.c.notification.desc())
        rows: Sequence[Any] = list(await self.tx.execute(found.order_by(*newest).limit(limit)))
        return [_notification(row) for row in rows]

    async def unread(self) -> int:
        """How many are not acknowledged."""
        waiting = notifications.c.acknowledged_at.is_(None)
        counted = await self.tx.execute(
            select(func.count()).select_from(notifications).where(waiting)
        )
        return int(counted.scalar_one())

    async def acknowledge(self, notification: UUID, now: datetime) -> Notification | None:
        """Take note of one; the first time counts."""
        mine = notifications.c.notification == notification
        unread = notifications.c.acknowledged_at.is_(None)
        await self.tx.execute(update(notifications).where(mine, unread).values(acknowledged_at=now))
        row = (await self.tx.execute(_rows().where(mine))).one_or_none()
        return row and _notification(row)


def _rows() -> Select[Any]:
    with_mail = notifications.outerjoin(mails, mails.c.notification == notifications.c.notification)
    state = func.coalesce(mails.c.state, "none").label("mail")
    return select(notifications, state).select_from(with_mail)


def _notification(row: Any) -> Notification:
    names = Notification.model_fields.keys() - {"mail"}
    plain = {name: getattr(row, name) for name in names}
    return Notification(mail=_SHOWN.get(row.mail, row.mail), **plain)
