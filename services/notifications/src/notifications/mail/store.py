"""How mails are kept until they are sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from kernel.database import Transaction
from notifications.mail.model import Mail, Next, State
from notifications.tables import mails


class Mails:
    """Mails on their way."""

    def __init__(self, tx: Transaction) -> None:
        self.tx = tx

    async def add(self, mail: Mail, person: UUID) -> None:
        """Keep a mail that is to be sent now."""
        await self.tx.execute(
            insert(mails).values(
                notification=mail.notification,
                person=person,
                state=State.WAITING.value,
                attempts=0,
                due_at=mail.made_at,
                made_at=mail.made_at,
                recipient=mail.recipient,
                subject=mail.subject,
                body=mail.body,
            )
        )

    async def claim(self, now: datetime, limit: int) -> int:
        """Mark what is due as being sent; the mark is committed before anything is sent."""
        due = (
            select(mails.c.notification)
            .where(mails.c.state == State.WAITING.value, mails.c.due_at <= now)
            .order_by(mails.c.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        claimed = await self.tx.execute(
            update(mails)
            .where(mails.c.notification.in_(due))
            .values(state=State.CLAIMED.value, attempts=mails.c.attempts + 1)
        )
        return claimed.rowcount

    async def claimed(self, limit: int) -> Sequence[Mail]:
        """What was marked: by the run before, or by one that crashed."""
        mine = select(mails).where(mails.c.state == State.CLAIMED.value)
        rows = await self.tx.execute(
            mine.order_by(mails.c.due_at).limit(limit).with_for_update(skip_locked=True)
        )
        return [
            Mail(row.notification, row.recipient, row.subject, row.body, row.made_at, row.attempts)
            for row in rows
        ]

    async def move(self, mail: Mail, following: Next, now: datetime) -> None:
        """Keep what became of a mail; what was sent or failed keeps no address and no words."""
        ended = following.state in {State.SENT, State.FAILED}
        await self.tx.execute(
            update(mails)
            .where(mails.c.notification == mail.notification)
            .values(
                state=following.state.value,
                due_at=following.due_at,
                reason=following.reason,
                sent_at=now if following.state is State.SENT else None,
                **({"recipient": None, "subject": None, "body": None} if ended else {}),
            )
        )
