"""Whether the event log is whole, and the stream agrees with it: what `gerencia verify` asks.

Every check gives sentences about what is wrong, and none when all is well. They know what a log
promises and nothing of how it is written, so that they would notice if it no longer were.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kernel.clock import now
from kernel.reconcile import absent_positions
from kernel.streams import Stream

if TYPE_CHECKING:
    from kernel.database import Database, Transaction

SHOWN = 10
CHUNK = 5000

_LOG = {
    "position {0} is given to {1} rows": """
        SELECT position, count(*) FROM event_log WHERE position IS NOT NULL
        GROUP BY position HAVING count(*) > 1""",
    "{0} rows have a position, the highest is {1}, the cursor says {2}": """
        SELECT count(position), coalesce(max(position), 0), (SELECT assigned FROM relay_cursor)
        FROM event_log HAVING count(position) <> coalesce(max(position), 0)
        OR count(position) <> (SELECT assigned FROM relay_cursor)""",
    "entity {0} has {1} events, from {2} to {3}": """
        SELECT entity, count(DISTINCT sequence), min(sequence), max(sequence) FROM event_log
        GROUP BY entity HAVING min(sequence) <> 1 OR max(sequence) <> count(DISTINCT sequence)
        OR count(*) <> count(DISTINCT sequence)""",
    "entity {0} is at {1} in its head and at {2} in the log": """
        SELECT entity, head.sequence, row.sequence FROM entity_heads AS head FULL JOIN
        (SELECT entity, max(sequence) AS sequence FROM event_log GROUP BY entity) AS row
        USING (entity) WHERE head.sequence IS DISTINCT FROM row.sequence""",
    "entity {0} has its event {1} before {2} in the log": """
        SELECT entity, sequence, before FROM (
          SELECT entity, sequence, position, seq, lag(sequence) OVER each AS before,
                 lag(position) OVER each AS before_position, lag(seq) OVER each AS before_seq
          FROM event_log WINDOW each AS (PARTITION BY entity ORDER BY sequence)) AS pairs
        WHERE position < before_position OR seq < before_seq
        OR (position IS NOT NULL AND before IS NOT NULL AND before_position IS NULL)""",
    "the cursor says published {0} of {1}, floor {2}": """
        SELECT published, assigned, floor FROM relay_cursor
        WHERE published > assigned OR floor > published""",
}
_NOT_AGED = """
SELECT position, id FROM event_log WHERE position = ANY ($1::bigint[]) AND recorded_at >= $2
ORDER BY position LIMIT $3
"""
_UNLIKE = """
SELECT told.position, told.id::text, row.id::text
FROM unnest($1::bigint[], $2::uuid[]) AS told (position, id)
LEFT JOIN event_log AS row USING (position) WHERE row.id IS DISTINCT FROM told.id
"""


async def log_is_whole(tx: Transaction) -> list[str]:
    """Positions without gap or repetition, sequences gapless per entity, and in one order."""
    wrong: list[str] = []
    for sentence, query in _LOG.items():
        rows = await tx.driver.fetch(f"{query} LIMIT {SHOWN}")
        wrong += [sentence.format(*row) for row in rows]
    return wrong


async def stream_agrees(database: Database, stream: Stream) -> list[str]:
    """Every published event that has not aged out is in the stream, and is the one of the log."""
    async with database.working("verify") as tx:
        at = await tx.driver.fetchrow("SELECT logid, published, floor FROM relay_cursor")
        assert at is not None, "relay_cursor has one row"
        absent = await absent_positions(stream, at["logid"], at["floor"], at["published"])
        missing = await tx.driver.fetch(_NOT_AGED, absent, now() - stream.kept, SHOWN)
        wrong = [f"position {position} ({id_}) is not in the stream" for position, id_ in missing]
        return wrong + await _unlike(tx, stream, str(at["logid"]))


async def _unlike(tx: Transaction, stream: Stream, logid: str) -> list[str]:
    """Messages of the stream that carry another event than the log has at their position."""
    wrong: list[str] = []
    told: list[tuple[int, str]] = []
    async for headers in stream.read():
        if headers.get("ce-logid") == logid:
            told.append((int(headers["ce-position"]), headers["ce-id"]))
        if len(told) == CHUNK:
            wrong += await _compare(tx, told)
            told = []
    return (wrong + await _compare(tx, told))[:SHOWN]


async def _compare(tx: Transaction, told: list[tuple[int, str]]) -> list[str]:
    rows = await tx.driver.fetch(_UNLIKE, [each[0] for each in told], [each[1] for each in told])
    return [
        f"position {at} is {theirs} in the stream, {ours} in the log" for at, theirs, ours in rows
    ]
