"""The reconciler: compares the event log with its stream, and sends again what is missing.

A flipped bit on the broker's disk can lose messages in the middle of a stream, where no relay
looks. What has aged out is not missing: the floor, kept beside the relay's cursor, rises over it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from nats.aio.client import Client

from kernel import metrics
from kernel.batches import Outgoing, Pack, chunks, publish
from kernel.clock import now
from kernel.envelope import HEAD, source_of
from kernel.log import COLUMNS
from kernel.streams import Stream

if TYPE_CHECKING:
    from kernel.database import Database

LOCK = 0x67657265_7265636F  # "gere" "reco"

_AT = "SELECT logid, published, floor FROM relay_cursor"
_ROWS = f"""
SELECT {COLUMNS}, recorded_at < $2 AS aged
FROM event_log WHERE position = ANY ($1::bigint[]) ORDER BY position
"""  # noqa: S608 - a constant
_RISE = "UPDATE relay_cursor SET floor = greatest(floor, $1)"


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What a comparison found; `missing` was sent again, `aged` was not."""

    floor: int
    published: int
    missing: Sequence[int]
    aged: int


async def reconcile(
    database: Database, nats: Client, stream: Stream, site: str, service: str
) -> Reconciled | None:
    """Send again what the stream should have and has not; None while another does it."""
    async with database.working("reconcile") as tx:
        if not await tx.driver.fetchval("SELECT pg_try_advisory_xact_lock($1)", LOCK):
            return None
        at = await tx.driver.fetchrow(_AT)
        assert at is not None, "relay_cursor has one row"
        absent = await absent_positions(stream, at["logid"], at["floor"], at["published"])
        rows = await tx.driver.fetch(_ROWS, absent, now() - stream.kept)
        missing = [row for row in rows if not row["aged"]]
        pack = Pack(site, source_of(site, service), at["logid"])
        await _send_again(nats, [pack(row) for row in missing], at["published"])
        floor = _floor(at["floor"], absent, missing)
        await tx.driver.execute(_RISE, floor)
    positions = [row["position"] for row in missing]
    return Reconciled(floor, at["published"], positions, len(absent) - len(missing))


async def absent_positions(stream: Stream, logid: UUID, floor: int, published: int) -> list[int]:
    """The positions above the floor, up to the published one, that the stream does not have."""
    there = bytearray(published - floor + 1)
    async for headers in stream.read():
        position = int(headers.get("ce-position", 0))
        if headers.get("ce-logid") == str(logid) and floor < position <= published:
            there[position - floor] = 1
    return [floor + n for n in range(1, len(there)) if not there[n]]


async def _send_again(nats: Client, messages: Sequence[Outgoing], published: int) -> None:
    """Publish out of turn: marked with how far the log was, and under an id the broker forgot."""
    for chunk in chunks(_again(message, published) for message in messages):
        for begin in range(0, len(chunk), 500):
            await publish(nats, chunk[begin : begin + 500], None)
    metrics.PUBLISHED.labels("again").inc(len(messages))


def _again(message: Outgoing, published: int) -> Outgoing:
    moment = int(now().timestamp() * 1000)
    head = f"{message.head}{HEAD}: {published}\r\n"
    return message._replace(id=f"{message.id}/{moment}", head=head)


def _floor(floor: int, absent: Sequence[int], missing: Sequence[Any]) -> int:
    """Just below the first position that is in the stream, or belongs there."""
    belongs = {row["position"] for row in missing}
    for position in absent:
        if position != floor + 1 or position in belongs:
            break
        floor = position
    return floor
