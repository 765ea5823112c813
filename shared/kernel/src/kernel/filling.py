"""How a subscriber begins: from a snapshot of the owner's log, where the stream is not enough.

A stream that still begins with the log's first event tells everything by itself. Where its
beginning has aged out, or an operator asked for a rebuild, the owner gives a snapshot: of states
the newest of each entity, of facts all. It goes through the same inbox and the same handlers as
any message, so what was taken before does nothing, and what the stream tells again later neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nats.js.errors import NotFoundError

from kernel.inbox import Incoming, incoming
from kernel.logs import logger
from kernel.pull import ConsumerLost
from kernel.sync import Copied, Selection, SnapshotBroken, fetch_snapshot

if TYPE_CHECKING:
    from nats.aio.client import Client

    from kernel.consumer import Consumer
    from kernel.database import Transaction

log = logger("kernel.filling")

_FILLED = "SELECT filled FROM progress WHERE source = $1"
_DONE = """
INSERT INTO progress AS known (source, logid, position, filled) VALUES ($1, $2, $3, true)
ON CONFLICT (source) DO UPDATE
SET filled = true,
    position = CASE WHEN known.logid = excluded.logid
                    THEN greatest(known.position, excluded.position)
                    ELSE excluded.position END,
    logid = excluded.logid
"""


async def fill(consumer: Consumer, nats: Client) -> None:
    """See that what lies before the stream is here; done once, and again after a rebuild."""
    async with consumer.database.working("how far") as tx:
        filled: bool | None = await tx.driver.fetchval(_FILLED, consumer.name)
    if filled or (filled is None and await _tells_everything(consumer)):
        return
    await _from_snapshot(consumer, nats)


async def _tells_everything(consumer: Consumer) -> bool:
    """Whether the stream still has the log's first event, or nothing has happened yet."""
    info = await consumer.jetstream.stream_info(consumer.stream)
    if info.state.messages == 0:
        return info.state.last_seq == 0
    try:
        first = await consumer.jetstream.get_msg(consumer.stream, info.state.first_seq)
    except NotFoundError:
        return False
    return (first.headers or {}).get("ce-position") in ("1", None)


async def _from_snapshot(consumer: Consumer, nats: Client) -> None:
    log.info("filling from a snapshot", source=consumer.source)
    contracts = [
        subscriptions[0].event
        for kind, subscriptions in consumer.handlers.items()
        if kind.startswith(f"{consumer.source}.")
    ]
    wanted = Selection.snapshot(contracts)
    try:
        snapshot = await fetch_snapshot(nats, consumer.site, consumer.source, wanted)
        async for page in snapshot.pages:
            if not await consumer.apply([read(consumer, copied) for copied in page]):
                return  # stopped meanwhile: the next start begins again
    except SnapshotBroken as broken:
        raise ConsumerLost("the snapshot broke off") from broken
    async with consumer.database.working("filled") as tx:
        await tx.driver.execute(_DONE, consumer.name, snapshot.logid, snapshot.position)
    log.info("filled", source=consumer.source, position=snapshot.position)


def read(consumer: Consumer, copied: Copied) -> Incoming:
    """An event of a snapshot, as if it had come over the stream."""
    return incoming(consumer.handlers, copied.headers, copied.body, consumer.name)


async def empty(tx: Transaction, projections: list[str], sources: list[str]) -> None:
    """Empty the projections and forget what was taken in; each source then fills them again."""
    for table in [*projections, "inbox", "applied_state", "parked"]:
        await tx.driver.execute(f"DELETE FROM {table}")  # noqa: S608 - the service's own names
    await tx.driver.execute(
        "INSERT INTO progress (source, logid, position, filled)"
        " SELECT source, '00000000-0000-0000-0000-000000000000', 0, false"
        " FROM unnest($1::text[]) AS s (source)"
        " ON CONFLICT (source) DO UPDATE SET filled = false, position = 0, pruned_below = 0",
        sources,
    )
