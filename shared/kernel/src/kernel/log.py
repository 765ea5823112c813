"""The event log: what a transaction announces becomes rows of it, in that same transaction.

The whole of a transaction's announcements are written by one statement at its end. It first
takes the row of each entity, in sorted order, so that two transactions never wait for each other
in a ring; only then are the identities drawn. So for every entity the order of `seq`, of
`sequence` and of commit are the same, which is what lets the relay publish in order of `seq`
whatever else commits late.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from pydantic_core import to_json

from kernel.context import current
from kernel.envelope import MAX_EVENT_BYTES
from kernel.events import Event, Origin
from kernel.ids import uuid7
from kernel.telemetry import traceparent

if TYPE_CHECKING:
    from kernel.database import Driver, Transaction

MANY = 40
"""From so many rows on, the statement is planned for their number and not for a handful."""

COLUMNS = """
position, id, entity, sequence, type, unit, body::text, personal::text, headers::text,
occurred_at, recorded_at
"""
"""A row as the envelope wants it: JSON as text, whatever a connection makes of JSON."""

APPEND = """
WITH told AS (
  SELECT *, row_number() OVER (PARTITION BY entity ORDER BY place) AS nth,
         count(*) OVER (PARTITION BY entity) AS of_all
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
              $7::text[], $8::timestamptz[])
       WITH ORDINALITY AS t (id, entity, type, unit, body, personal, headers, occurred_at, place)
), heads AS (
  INSERT INTO entity_heads AS head (entity, sequence)
  SELECT entity, count(*) FROM told GROUP BY entity ORDER BY entity
  ON CONFLICT (entity) DO UPDATE SET sequence = head.sequence + excluded.sequence
  RETURNING entity, sequence
)
INSERT INTO event_log
  (id, entity, sequence, type, unit, body, personal, headers, occurred_at)
SELECT id, entity, heads.sequence - of_all + nth, type, unit, body::json, personal::json,
       headers::json, coalesce(occurred_at, now())
FROM told JOIN heads USING (entity) ORDER BY place
"""

ERASE = "UPDATE event_log SET personal = NULL WHERE entity = $1 AND personal IS NOT NULL"


class Announced(NamedTuple):
    """A row of the event log on its way: the columns of `APPEND`, in its order."""

    id: UUID
    entity: str
    type: str
    unit: str
    body: str
    personal: str | None
    headers: str
    occurred_at: datetime | None


@dataclass(frozen=True, slots=True)
class Announcement:
    """An event, and what is said of it besides its body."""

    event: Event
    origin: Origin
    occurred_at: datetime | None = None
    person: UUID | None = None

    def row(self) -> Announced:
        """The row that will be written; its id is new.

        Raises:
            ValueError: the body is larger than the broker takes.
        """
        event, body, personal = self.event, *_parts(self.event)
        if len(body) + len(personal or "") > MAX_EVENT_BYTES:
            raise ValueError(f"{event.type} of {event.entity_id} is larger than an event may be")
        return Announced(
            id=uuid7(),
            entity=event.entity_id,
            type=event.type,
            unit=event.unit,
            body=body,
            personal=personal,
            headers=_headers(self.origin, self.person),
            occurred_at=self.occurred_at,
        )


def _parts(event: Event) -> tuple[str, str | None]:
    personal = getattr(event, "personal", None)
    if personal is None:
        return event.model_dump_json(), None
    return event.model_dump_json(exclude={"personal"}), personal.model_dump_json()


def _headers(origin: Origin, person: UUID | None) -> str:
    """Where the event comes from: the request or message that is being worked on."""
    context = current()
    attributes = {
        "ce-origin": origin,
        "ce-correlationid": str(context.correlation),
        "ce-causationid": context.causation and str(context.causation),
        "ce-person": person and str(person),
        "traceparent": traceparent() or context.traceparent,
    }
    return to_json({name: value for name, value in attributes.items() if value}).decode()


async def append(driver: Driver, rows: Sequence[Announced]) -> None:
    """Write the announced rows in one statement."""
    if len(rows) >= MANY:
        await driver.execute("SET LOCAL plan_cache_mode = force_custom_plan")
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    await driver.execute(APPEND, *columns)


async def erase_personal(tx: Transaction, entity: str) -> None:
    """Forget the personal part of everything the log says of an entity (worker only).

    Streams age out by themselves, and subscribers erase theirs on the erasure event.
    """
    await tx.driver.execute(ERASE, entity)
