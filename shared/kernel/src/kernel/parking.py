"""Messages that could not be handled: set aside with their reason, tried again, shown, replayed.

A message that fails is parked at once and acknowledged, and tried again from here with back-off.
So it survives a restart, nobody waits behind it, and the retries cost the flow nothing. What
comes later for the same entity is parked behind it, for effects of one entity keep their order.
After the last try it waits for a person: `gerencia parked` lists, shows and replays.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kernel.inbox import Handlers, Incoming, handle, incoming
from kernel.outage import is_outage

if TYPE_CHECKING:
    from uuid import UUID

    from kernel.database import Database, Transaction

BACK_OFF_SECONDS = (0.2, 1.0, 5.0, 30.0)
"""Waits between the tries; when they are used up, the message waits for a person."""
BEHIND = "waits behind an earlier message of the same entity"

_PARK = """
INSERT INTO parked (source, id, type, entity, headers, body, reason, tries, retry_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(secs => $9))
ON CONFLICT (source, id) DO NOTHING
"""

_DUE = """
SELECT * FROM parked AS first
WHERE retry_at <= now() AND NOT EXISTS (
  SELECT FROM parked AS earlier
  WHERE earlier.source = first.source AND earlier.entity = first.entity
    AND earlier.place < first.place
)
ORDER BY place LIMIT 1 FOR UPDATE SKIP LOCKED
"""

_AGAIN_LATER = """
UPDATE parked
SET reason = $2, tries = tries + 1, retry_at = now() + make_interval(secs => $3)
WHERE place = $1
"""

_REPLAY = """
UPDATE parked SET retry_at = now()
WHERE ($1::text IS NULL OR type = $1) AND ($2::uuid[] IS NULL OR id = ANY ($2))
"""


async def park_failed(tx: Transaction, message: Incoming, error: Exception) -> None:
    """Set aside a message whose handler raised; it is tried again soon."""
    await _park(tx, [message], reason_of(error), tries=1, wait=BACK_OFF_SECONDS[0])


async def park_unreadable(tx: Transaction, message: Incoming) -> None:
    """Set aside what nobody here can read; only a person, or a newer program, can help."""
    await _park(tx, [message], message.trouble, tries=0, wait=None)


async def park_behind(tx: Transaction, messages: Sequence[Incoming]) -> None:
    """Set aside what comes after a parked message of the same entity."""
    await _park(tx, messages, BEHIND, tries=0, wait=0.0)


async def _park(
    tx: Transaction, messages: Sequence[Incoming], reason: str, *, tries: int, wait: float | None
) -> None:
    rows = [
        (m.source, m.id, m.type, m.entity, json.dumps(m.headers), m.body, reason, tries, wait)
        for m in messages
    ]
    if rows:
        await tx.driver.executemany(_PARK, rows)


async def retry_one(database: Database, handlers: Handlers) -> bool:
    """Try the next message whose time has come; False when there is none."""
    row: Any = None
    try:
        async with database.working("retry parked") as tx:
            row = await tx.driver.fetchrow(_DUE)
            if row is None:
                return False
            await _handle_parked(tx, handlers, row)
        return True
    except Exception as error:
        if row is None:
            raise  # the database could not be asked at all
        if await is_outage(error, database):
            return False
        await _again_later(database, row["place"], row["tries"], error)
        return True


async def _handle_parked(tx: Transaction, handlers: Handlers, row: Any) -> None:
    message = incoming(handlers, json.loads(row["headers"]), row["body"], row["source"])
    if message.event is None:
        raise ValueError(message.trouble)
    await handle(tx, handlers, [message.event])
    await tx.driver.execute("DELETE FROM parked WHERE place = $1", row["place"])


async def _again_later(database: Database, place: int, tries: int, error: Exception) -> None:
    wait = BACK_OFF_SECONDS[tries] if tries < len(BACK_OFF_SECONDS) else None
    async with database.working("retry parked") as tx:
        await tx.driver.execute(_AGAIN_LATER, place, reason_of(error), wait)


async def replay(
    tx: Transaction, *, kind: str | None = None, ids: Sequence[UUID] | None = None
) -> int:
    """Let parked messages be tried at once, all of them or those named; returns how many."""
    done = await tx.driver.execute(_REPLAY, kind, None if ids is None else list(ids))
    return int(done.rpartition(" ")[2])


async def waiting(tx: Transaction) -> int:
    """How many messages are parked."""
    count: int = await tx.driver.fetchval("SELECT count(*) FROM parked")
    return count


def reason_of(error: Exception) -> str:
    """What went wrong, in a line or a few."""
    return f"{type(error).__name__}: {error}"[:2000]


def tables(service: str) -> list[str]:
    """The table of parked messages; `retry_at` is null when only a person tries it again."""
    return [
        """
        CREATE TABLE parked (
            place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            source text COLLATE "C" NOT NULL,
            id uuid NOT NULL,
            type text COLLATE "C" NOT NULL,
            entity text COLLATE "C" NOT NULL,
            headers text NOT NULL,
            body bytea NOT NULL,
            reason text NOT NULL,
            tries integer NOT NULL,
            retry_at timestamptz,
            parked_at timestamptz NOT NULL DEFAULT now(),
            UNIQUE (source, id)
        )
        """,
        "CREATE INDEX parked_entity ON parked (source, entity, place)",
        f"GRANT SELECT ON parked TO {service}_app",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON parked TO {service}_worker",
    ]
