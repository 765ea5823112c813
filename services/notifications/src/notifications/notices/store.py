"""How notices are kept, and what waits for somebody to be known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from kernel.database import Transaction
from kernel.events import Event
from notifications.notices.model import Notice
from notifications.tables import awaiting, notifications


@dataclass(frozen=True, slots=True)
class Waiting:
    """A rule of an event that could not reach everybody whom it means."""

    event: UUID
    rule: str
    type: str
    body: dict[str, Any]
    attempts: int
    since: datetime


class Notices:
    """What people were told."""

    def __init__(self, tx: Transaction) -> None:
        self.tx = tx

    async def told(self, event: UUID) -> set[UUID]:
        """Those who were told of an event."""
        mine = select(notifications.c.person).where(notifications.c.event == event)
        return set((await self.tx.execute(mine)).scalars())

    async def add(self, notice: Notice, now: datetime) -> bool:
        """Keep a notice; False when it is there already."""
        statement = insert(notifications).values(
            notification=notice.id,
            person=notice.person,
            unit=notice.news.unit,
            topic=notice.news.topic,
            event=notice.news.event,
            title=notice.title,
            text=notice.text,
            link=notice.news.link,
            created_at=now,
        )
        return (await self.tx.execute(statement.on_conflict_do_nothing())).rowcount == 1

    async def put_aside(
        self, event_id: UUID, event: Event, rule: str, *, now: datetime, due_at: datetime
    ) -> None:
        """Remember that a rule of an event has not reached everybody."""
        statement = insert(awaiting).values(
            event=event_id,
            rule=rule,
            type=event.type,
            body=event.model_dump(mode="json"),
            attempts=1,
            due_at=due_at,
            since=now,
        )
        await self.tx.execute(statement.on_conflict_do_nothing())

    async def due(self, now: datetime, limit: int) -> Sequence[Waiting]:
        """What is to be tried again by now."""
        statement = select(awaiting).where(awaiting.c.due_at <= now)
        rows = await self.tx.execute(statement.order_by(awaiting.c.due_at).limit(limit))
        return [
            Waiting(row.event, row.rule, row.type, row.body, row.attempts, row.since)
            for row in rows
        ]

    async def wait_again(self, waiting: Waiting, due_at: datetime) -> None:
        """Try again later."""
        await self.tx.execute(
            awaiting.update()
            .where(awaiting.c.event == waiting.event, awaiting.c.rule == waiting.rule)
            .values(attempts=waiting.attempts + 1, due_at=due_at)
        )

    async def done(self, waiting: Waiting) -> None:
        """Nothing of it waits any more."""
        mine = (awaiting.c.event == waiting.event) & (awaiting.c.rule == waiting.rule)
        await self.tx.execute(delete(awaiting).where(mine))
