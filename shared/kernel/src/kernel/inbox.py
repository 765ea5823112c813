"""Which events a service listens to, and how each one counts exactly once.

A batch of messages is one transaction of the worker: the rows that say "taken", the effects, the
events they cause and the progress commit together, and only then are the messages acknowledged.
A message that comes again (a lost acknowledgement, a broker refilled from the logs) finds its
row and does nothing. The row is named by source and event id, never by the broker's numbers: a
damaged stream uses those again.

Handlers of several messages get as many of one type as can be taken together without changing
the order in which the events of any one entity are seen.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote
from uuid import NAMESPACE_OID, UUID, uuid5

from kernel.context import following, within
from kernel.envelope import TYPE_PREFIX, Unreadable, read
from kernel.events import Event, Received

if TYPE_CHECKING:
    from kernel.database import Transaction

E = TypeVar("E", bound=Event)
One = Callable[["Transaction", Received[E]], Awaitable[None]]
Many = Callable[["Transaction", Sequence[Received[E]]], Awaitable[None]]

KEEP_DAYS = 40
"""How long the rows of the inbox are kept one by one; older positions count as taken."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """One event type and the handler that wants it, as a handler of several."""

    event: type[Event]
    handle: Many[Any]


class Subscriptions:
    """The events one capability listens to.

    A handler runs as the worker role, in the transaction of its message. What came before, and
    states older than one already applied, never reach it.
    """

    def __init__(self) -> None:
        self.all: list[Subscription] = []

    def on(self, event: type[E]) -> Callable[[One[E]], One[E]]:
        """Register a handler of one message."""

        def register(handle: One[E]) -> One[E]:
            async def each(tx: Transaction, messages: Sequence[Received[E]]) -> None:
                for message in messages:
                    with within(following(message)):
                        await handle(tx, message)

            self.all.append(Subscription(event, each))
            return handle

        return register

    def on_many(self, event: type[E]) -> Callable[[Many[E]], Many[E]]:
        """Register a handler of several messages of one type, in their order per entity."""

        def register(handle: Many[E]) -> Many[E]:
            self.all.append(Subscription(event, handle))
            return handle

        return register

    def ignore(self, event: type[Event]) -> None:
        """Say that this version is known and not wanted, so that it is not parked as unknown."""

        async def nothing(tx: Transaction, messages: Sequence[Received[Any]]) -> None:
            """Another version of the same fact is the one that counts here."""

        self.all.append(Subscription(event, nothing))


Handlers = Mapping[str, Sequence[Subscription]]
"""The subscriptions of a service by event type."""


def merged(several: Iterable[Subscriptions]) -> dict[str, list[Subscription]]:
    """Every subscription of a service, by event type; a type may have several."""
    by_type: dict[str, list[Subscription]] = {}
    for subscription in (one for each in several for one in each.all):
        by_type.setdefault(subscription.event.type, []).append(subscription)
    return by_type


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message as it came, and the event in it; without one, the reason why it has none."""

    headers: dict[str, str]
    body: bytes
    source: str
    id: UUID
    type: str
    entity: str
    event: Received[Any] | None
    trouble: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """Whose order it keeps: the entity, in its source."""
        return self.source, self.entity


def incoming(
    handlers: Handlers, headers: Mapping[str, Any] | None, body: bytes, default_source: str
) -> Incoming:
    """Read a message; one that nobody can read is told as such, never raised.

    Without a usable id the message is named by its content, so that it is parked once only.
    """
    texts = {name: str(value) for name, value in (headers or {}).items()}
    kind = texts.get("ce-type", "").removeprefix(TYPE_PREFIX)
    message_id = _id_of(texts, body)
    unread = Incoming(
        headers=texts,
        body=body,
        source=texts.get("ce-source", default_source),
        id=message_id,
        type=kind,
        entity=unquote(texts.get("ce-subject", "")) or str(message_id),
        event=None,
    )
    if kind not in handlers:
        return replace(unread, trouble=f"nobody here knows the type {kind or '(none)'}")
    try:
        return replace(unread, event=read(handlers[kind][0].event, texts, body))
    except Unreadable as unreadable:
        return replace(unread, trouble=unreadable.reason)


def _id_of(headers: Mapping[str, str], body: bytes) -> UUID:
    try:
        return UUID(headers.get("ce-id", ""))
    except ValueError:
        return uuid5(NAMESPACE_OID, f"{sorted(headers.items())}/{body.hex()}")


TAKE = """
WITH given AS (
  SELECT * FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::uuid[], $5::text[])
           WITH ORDINALITY AS g (source, id, position, logid, entity, place)
), taken AS (
  INSERT INTO inbox (source, id, position)
  SELECT given.source, given.id, given.position FROM given
  LEFT JOIN progress ON progress.source = given.source AND progress.logid = given.logid
  WHERE given.position IS NULL OR given.position > coalesce(progress.pruned_below, 0)
  ON CONFLICT DO NOTHING
  RETURNING source, id
), told AS (
  INSERT INTO progress AS known (source, logid, position)
  SELECT DISTINCT ON (source) source, logid, max(position) OVER (PARTITION BY source, logid)
  FROM given WHERE position IS NOT NULL AND logid IS NOT NULL
  ORDER BY source, place DESC
  ON CONFLICT (source) DO UPDATE
  SET logid = excluded.logid, updated_at = now(),
      position = CASE WHEN known.logid = excluded.logid
                      THEN greatest(known.position, excluded.position)
                      ELSE excluded.position END,
      pruned_below = CASE WHEN known.logid = excluded.logid THEN known.pruned_below ELSE 0 END
)
SELECT given.source, given.id, EXISTS (
  SELECT FROM parked WHERE parked.source = given.source AND parked.entity = given.entity
) AS behind
FROM given JOIN taken USING (source, id) ORDER BY place
"""


async def take(tx: Transaction, messages: Sequence[Incoming]) -> dict[tuple[str, UUID], bool]:
    """Write down that these messages are taken: the inbox itself.

    Returns those that were not taken before, and of each whether an earlier message of its
    entity is parked, so that it has to wait behind it.
    """
    events = [message.event for message in messages]
    rows = await tx.driver.fetch(
        TAKE,
        [message.source for message in messages],
        [message.id for message in messages],
        [event.position if event else None for event in events],
        [event.logid if event else None for event in events],
        [message.entity for message in messages],
    )
    return {(row["source"], row["id"]): row["behind"] for row in rows}


APPLY = """
WITH given AS (
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::bigint[])
           AS g (source, type, entity, logid, sequence)
), told AS (
  INSERT INTO applied_state AS known (source, type, entity, logid, sequence)
  SELECT * FROM given ORDER BY 1, 2, 3
  ON CONFLICT (source, type, entity) DO UPDATE
  SET logid = excluded.logid, sequence = excluded.sequence
  WHERE known.logid <> excluded.logid OR known.sequence < excluded.sequence
)
SELECT known.source, known.type, known.entity, known.logid, known.sequence
FROM applied_state AS known JOIN given USING (source, type, entity)
"""

State = tuple[str, str, str]
"""Source, type, entity: of each only the highest sequence counts."""


async def without_older_states(
    tx: Transaction, events: Sequence[Received[Any]]
) -> list[Received[Any]]:
    """Leave out the states that came after a newer one of the same entity.

    A sequence is compared within one log; a log that was restored from a backup counts anew.
    """
    states = {_state(event): event for event in _rising(events, {}) if event.event.kind == "state"}
    if not states:
        return list(events)
    rows = await tx.driver.fetch(
        APPLY,
        *map(list, zip(*states, strict=True)),
        [event.logid for event in states.values()],
        [event.sequence for event in states.values()],
    )
    known = {(row[0], row[1], row[2]): (row["logid"], row["sequence"]) for row in rows}
    return _rising(events, known)


def _state(event: Received[Any]) -> State:
    return event.source, event.event.type, event.event.entity_id


def _rising(
    events: Sequence[Received[Any]], known: Mapping[State, tuple[UUID, int]]
) -> list[Received[Any]]:
    """Facts, and of the states those that are newer than all before them."""
    highest = dict(known)
    kept = []
    for event in events:
        if event.event.kind == "state":
            logid, sequence = highest.get(_state(event), (event.logid, 0))
            if logid == event.logid and sequence >= event.sequence:
                continue
            highest[_state(event)] = (event.logid, event.sequence)
        kept.append(event)
    return kept


def grouped(events: Sequence[Received[Any]]) -> list[list[Received[Any]]]:
    """Put events of one type and origin together, each entity's own order unchanged.

    An event joins the earliest group of its kind that is not before the last group with
    something of its entity.
    """
    groups: list[list[Received[Any]]] = []
    of_kind: dict[tuple[str, str], list[int]] = {}
    last_of_entity: dict[tuple[str, str], int] = {}
    for event in events:
        entity = (event.source, event.event.entity_id)
        kind = of_kind.setdefault((event.event.type, event.origin), [])
        at = bisect_left(kind, last_of_entity.get(entity, 0))
        if at == len(kind):
            kind.append(len(groups))
            groups.append([])
        groups[kind[at]].append(event)
        last_of_entity[entity] = kind[at]
    return groups


async def handle(tx: Transaction, handlers: Handlers, events: Sequence[Received[Any]]) -> None:
    """Give the events to whoever wants them; what they cause has the events' origin."""
    for group in grouped(await without_older_states(tx, events)):
        tx.origin = group[0].origin
        with within(following(group[0])):
            for subscription in handlers[group[0].event.type]:
                await subscription.handle(tx, group)
    tx.origin = "live"


PRUNE = """
WITH gone AS (
  DELETE FROM inbox WHERE taken_at < now() - make_interval(days => $1)
  RETURNING source, position
)
UPDATE progress SET pruned_below = greatest(pruned_below, old.position)
FROM (SELECT source, max(position) AS position FROM gone GROUP BY source) AS old
WHERE old.source = progress.source AND old.position IS NOT NULL
"""


async def forget_old(tx: Transaction) -> None:
    """Keep one watermark instead of the rows that are older than any stream."""
    await tx.driver.execute(PRUNE, KEEP_DAYS)


def tables(service: str) -> list[str]:
    """What was taken in, how far, and the newest state applied of each entity.

    `progress.filled` is true after a snapshot, false when one is wanted, null when the stream
    has told everything so far.
    """
    names = ("inbox", "progress", "applied_state")
    return [
        """
        CREATE TABLE inbox (
            source text COLLATE "C" NOT NULL,
            id uuid NOT NULL,
            position bigint,
            taken_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (source, id)
        )
        """,
        "CREATE INDEX inbox_taken_at ON inbox USING brin (taken_at)",
        """
        CREATE TABLE progress (
            source text COLLATE "C" PRIMARY KEY,
            logid uuid NOT NULL,
            position bigint NOT NULL,
            pruned_below bigint NOT NULL DEFAULT 0,
            filled boolean,
            updated_at timestamptz NOT NULL DEFAULT now()
        )
        """,
        """
        CREATE TABLE applied_state (
            source text COLLATE "C" NOT NULL,
            type text COLLATE "C" NOT NULL,
            entity text COLLATE "C" NOT NULL,
            logid uuid NOT NULL,
            sequence bigint NOT NULL,
            PRIMARY KEY (source, type, entity)
        )
        """,
        *(f"GRANT SELECT ON {name} TO {service}_app" for name in names),
        *(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {name} TO {service}_worker" for name in names),
    ]
