"""Snapshots and replays: how a subscriber gets what it has not, from the owner's log.

The stream ages out and may be lost, the event log stays. So a new subscriber, or one that
rebuilds its projections, asks the owner: one repeatable-read view of the log is read out page by
page, each page when it is asked for, so that neither side holds more than one. Of a `state` the
view has the newest event of each entity, of a `fact` all; rows that have no position yet are in
it without one, and the subscriber keeps their ids. Then it follows the stream from the view's
position. Both ends speak on `sync.<site>.<service>.>`, which has permissions of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID, uuid4

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import TimeoutError as NoAnswer
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json, to_json

from kernel.envelope import Row, head, headers_of, payload, source_of
from kernel.events import Event
from kernel.log import COLUMNS
from kernel.logs import logger

if TYPE_CHECKING:
    from kernel.database import Database, Driver

PAGE = 500
PAGE_BYTES = 500_000
END = b"[]"
SECONDS = 60.0
"""How long either side waits for the other before it gives up."""
AT_ONCE = 3
"""Views open at the same time in one process; each holds a connection."""

_ROW = f"seq, {COLUMNS}"
_WHERE = """
  ($3::text[] IS NULL OR unit = ANY ($3)) AND ($4::text IS NULL OR entity = $4)
  AND ($5::timestamptz IS NULL OR recorded_at >= $5)
  AND ($6::timestamptz IS NULL OR recorded_at < $6)
  AND ($7::bigint IS NULL OR position >= $7) AND ($8::bigint IS NULL OR position < $8)
"""
VIEW = f"""
SELECT * FROM (
  (SELECT DISTINCT ON (type, entity) {_ROW} FROM event_log
   WHERE type = ANY ($1::text[]) AND {_WHERE} ORDER BY type, entity, sequence DESC)
  UNION ALL
  (SELECT {_ROW} FROM event_log WHERE type = ANY ($2::text[]) AND {_WHERE})
) AS chosen ORDER BY seq
"""  # noqa: S608 - nothing but constants
_CURSOR = "SELECT assigned, logid FROM relay_cursor"
_REPEATABLE = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"

_log = logger(__name__)


class Selection(BaseModel):
    """Which part of a log is asked for; what is None does not restrict it."""

    states: Sequence[str] = ()
    """Types of which only the newest event of each entity is wanted."""
    all_of: Sequence[str] = ()
    """Types of which every event is wanted."""
    units: Sequence[str] | None = None
    entity: str | None = None
    recorded_from: datetime | None = None
    recorded_to: datetime | None = None
    """Not included."""
    position_from: int | None = None
    position_to: int | None = None
    """Not included."""

    @classmethod
    def snapshot(cls, contracts: Iterable[type[Event]]) -> Selection:
        """What a new subscriber needs of these contracts."""
        wanted = list(contracts)
        return cls(
            states=[each.type for each in wanted if each.kind == "state"],
            all_of=[each.type for each in wanted if each.kind == "fact"],
        )


class Copied(NamedTuple):
    """An event out of the log, with the headers it has on the stream."""

    headers: dict[str, str]
    body: bytes


class SnapshotBroken(Exception):
    """The owner stopped in the middle; ask again from the beginning."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A view of a log, read page by page."""

    position: int
    """Every event up to here is in the view or newer than what the view wants; follow from it."""
    logid: UUID
    pages: AsyncIterator[list[Copied]]


class _Opened(BaseModel):
    token: str
    position: int
    logid: UUID


async def fetch_snapshot(nats: Client, site: str, service: str, wanted: Selection) -> Snapshot:
    """Ask the owner for a view of its log.

    Raises:
        nats.errors.NoRespondersError: the owner is down.
        nats.errors.TimeoutError: it is busy or was cut off.
        SnapshotBroken: while reading the pages.
    """
    begin = f"sync.{site}.{service}.open"
    reply = await nats.request(begin, wanted.model_dump_json().encode(), timeout=SECONDS)
    answer = from_json(reply.data)
    if "error" in answer:
        raise SnapshotBroken(answer["error"])
    opened = _Opened.model_validate(answer)
    pages = _pages(nats, f"sync.{site}.{service}.page.{opened.token}")
    return Snapshot(opened.position, opened.logid, pages)


async def _pages(nats: Client, subject: str) -> AsyncIterator[list[Copied]]:
    nth = 0
    while True:
        events = from_json(await _page(nats, subject, nth))
        if not events:
            return
        yield [Copied(headers_of(head), body.encode()) for head, body in events]
        nth += 1


async def _page(nats: Client, subject: str, nth: int) -> bytes:
    """A page; asked for again when the answer was lost, and the owner then sends it again."""
    for seconds in (SECONDS / 12, SECONDS / 3, SECONDS / 2):
        try:
            return (await nats.request(subject, str(nth).encode(), timeout=seconds)).data
        except NoAnswer:
            continue
        except Exception as gone:
            raise SnapshotBroken(subject) from gone
    raise SnapshotBroken(subject)


class Snapshots:
    """Serves views of a service's log; started in each of its processes, which share the work."""

    def __init__(self, database: Database, nats: Client, site: str, service: str) -> None:
        self._database, self._nats = database, nats
        self._subject = f"sync.{site}.{service}"
        self._group = service
        self._source = source_of(site, service)
        self._views = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._subscription: Subscription | None = None

    async def start(self) -> None:
        """Begin to answer."""
        self._subscription = await self._nats.subscribe(
            f"{self._subject}.open", queue=self._group, cb=self._open
        )

    async def stop(self) -> None:
        """End; who was reading asks again."""
        if self._subscription is not None:
            await self._subscription.unsubscribe()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _open(self, request: Msg) -> None:
        task = asyncio.create_task(self._serve(request))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, request: Msg) -> None:
        try:
            wanted = Selection.model_validate_json(request.data)
            async with self._views, self._database.working("snapshot") as tx:
                await self._read_out(tx.driver, wanted, request)
        except ValidationError as wrong:
            await request.respond(to_json({"error": str(wrong)}))
        except NoAnswer:
            _log.warning("a snapshot was left unread", subject=self._subject)
        except Exception as fault:  # noqa: BLE001 - the asker notices and asks again
            _log.warning("a snapshot broke off", subject=self._subject, fault=repr(fault))

    async def _read_out(self, driver: Driver, wanted: Selection, request: Msg) -> None:
        await driver.execute(_REPEATABLE)
        at = await driver.fetchrow(_CURSOR)
        assert at is not None, "relay_cursor has one row"
        opened = _Opened(token=uuid4().hex, position=at["assigned"], logid=at["logid"])
        asked = await self._nats.subscribe(f"{self._subject}.page.{opened.token}")
        try:
            await request.respond(opened.model_dump_json().encode())
            await _hand_out(asked, self._in_pages(driver, wanted, opened.logid))
        finally:
            await asked.unsubscribe()

    async def _in_pages(
        self, driver: Driver, wanted: Selection, logid: UUID
    ) -> AsyncIterator[bytes]:
        rows = await driver.cursor(VIEW, *wanted.model_dump().values())
        while some := await rows.fetch(PAGE):
            for page in _pages_of(self._event(row, logid) for row in some):
                yield to_json(page)
        yield END

    def _event(self, row: Row, logid: UUID) -> tuple[str, str]:
        return head(row, self._source, logid), payload(row["body"], row["personal"])


def _pages_of(events: Iterable[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    """Pages that the broker can carry."""
    page: list[tuple[str, str]] = []
    size = 0
    for event in events:
        page.append(event)
        size += len(event[0]) + len(event[1])
        if size >= PAGE_BYTES:
            yield page
            page, size = [], 0
    if page:
        yield page


async def _hand_out(asked: Subscription, pages: AsyncIterator[bytes]) -> None:
    """Answer each request for the next page, and again where the last answer was lost."""
    nth, page = 0, await anext(pages)
    while True:
        request = await asked.next_msg(timeout=SECONDS)
        if int(request.data) > nth:
            nth, page = int(request.data), await anext(pages)
        await request.respond(page)
        if page == END:
            return
