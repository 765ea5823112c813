"""The relay: takes committed rows of the event log to the stream, in order, none twice.

One relay of a service leads at a time: it holds an advisory lock and has raised the epoch. It
gives the rows that have committed since their contiguous positions, in the order of their
identities, and publishes them in batches. What it knows of the stream it has from the stream:
when it begins to lead, whenever the outcome of a publication is unknown, and when the broker was
away, it reads how far the stream is and goes on from there. A fault of the broker or of the
database is waited out; it never counts against an event, and it never ends the relay.

A relay that was stopped for a while and wakes up deposed can do no harm: its epoch no longer
gives positions, and the broker refuses what does not follow the message it last saw.
"""

from __future__ import annotations

import asyncio
from asyncio import ensure_future, gather
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import ConnectionReconnectingError
from nats.errors import Error as BrokerFault

from kernel import metrics
from kernel.batches import (
    Ack,
    NotTheLast,
    Outgoing,
    Pack,
    Refused,
    SeenBefore,
    chunks,
    publish,
)
from kernel.clock import now
from kernel.envelope import HEAD, source_of
from kernel.log import COLUMNS
from kernel.logs import logger
from kernel.pace import Pace
from kernel.streams import KEPT, Stream, StreamState

if TYPE_CHECKING:
    from kernel.database import Database, Driver

BATCH = 500
FEW = 16
"""Fewer go singly: for a batch of any size the broker makes, syncs and removes files of its own."""
PACE_SECONDS = 0.005
POLL_SECONDS = 0.1
LOOK_SECONDS = 2.0
"""How often an idle relay looks whether the stream is still the one it knows."""
PARTITIONS_SECONDS = 3600.0
LOOK_BACK = 50
"""How many messages are read back for one of ours: others may have put theirs at the end."""
LOCK = 0x67657265_72656C61  # "gere" "rela"

SESSION = {"application_name": "relay", "enable_seqscan": "off", "enable_bitmapscan": "off"}
"""The partial index gives what waits in its order, and small; statistics may say otherwise."""

# The rows are found by their range and not by a join: whatever statistics a log that fills up
# quickly has, they cannot make it a plan that looks at all that waits for each row.
ASSIGN = f"""
WITH fresh AS (
  SELECT array_agg(seq) AS seqs, count(*) AS found, max(seq) AS last FROM (
    SELECT seq FROM event_log WHERE position IS NULL ORDER BY seq LIMIT {BATCH}) AS next
), term AS (
  UPDATE relay_cursor SET published = $2, assigned = assigned + found FROM fresh
  WHERE epoch = $1 AND (published <> $2 OR found > 0) RETURNING assigned - found AS base
), placed AS (
  UPDATE event_log AS row
  SET position = (SELECT base FROM term) + width_bucket(row.seq, (SELECT seqs FROM fresh))
  WHERE row.position IS NULL AND row.seq <= (SELECT last FROM fresh) AND EXISTS (SELECT FROM term)
  RETURNING {COLUMNS}
)
SELECT * FROM placed ORDER BY position
"""  # noqa: S608 - constants

ROW = f"SELECT {COLUMNS} FROM event_log "  # noqa: S608 - a constant
BACKLOG = ROW + "WHERE position > $1 ORDER BY position LIMIT $2"

LEAD = """
UPDATE relay_cursor SET epoch = epoch + 1
RETURNING epoch, logid, assigned, published, floor, stream_made
"""
SETTLE = "UPDATE relay_cursor SET published = $2, stream_made = $3 WHERE epoch = $1"
NEW_LOG = """
UPDATE relay_cursor SET logid = gen_random_uuid(), published = assigned WHERE epoch = $1
RETURNING logid
"""

_log = logger(__name__)
Rows = Sequence[asyncpg.Record]


class Deposed(Exception):
    """Another relay leads by now."""


@dataclass(slots=True)
class Cursor:
    """The one row of `relay_cursor`, as its leader holds it."""

    epoch: int
    logid: UUID
    assigned: int
    published: int
    floor: int
    stream_made: str | None


class Relay:
    """Publishes the event log of one service; started in each of its processes.

    Args:
        nats: a connection that reconnects for ever.
        kept: how long the stream keeps its messages.
    """

    def __init__(
        self,
        database: Database,
        nats: Client,
        site: str,
        service: str,
        *,
        kept: timedelta = KEPT,
        replicas: int = 1,
    ) -> None:
        self.leads = False
        self._database = database
        self._nats = nats
        self._site, self._service = site, service
        self._stream = Stream(nats, site, service, kept=kept, replicas=replicas)
        self._poke = f"poke.{site}.{service}"
        self._woken = asyncio.Event()
        self._placed = asyncio.Event()
        database.on_announced.append(self.wake)

    def wake(self) -> None:
        """Something was committed: look at once."""
        self._woken.set()

    async def run(self) -> None:
        """Lead whenever no other does, until cancelled; never ends by itself."""
        patience = _Patience()
        while _wanted():
            try:
                async with self._connected() as driver:
                    patience.rewarded()
                    await self._follow(driver)
                    await self._lead(driver)
            except Exception as fault:  # noqa: BLE001 - whatever it is, events wait for us
                _log.warning("relay starts again", service=self._service, fault=repr(fault))
                await patience.wait()

    async def position_of(self, event: UUID, seconds: float = 5.0) -> int | None:
        """The position of an event, waiting for it to get one; None when it has none in time."""
        until = monotonic() + seconds
        while (position := await self._position(event)) is None and monotonic() < until:
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS / 2):
                    await self._placed.wait()
        return position

    async def _position(self, event: UUID) -> int | None:
        async with self._database.working("position of an event") as tx:
            found: int | None = await tx.driver.fetchval(
                "SELECT position FROM event_log WHERE id = $1", event
            )
            return found

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Driver]:
        """A connection of its own: the lock of the leader lives and dies with it."""
        driver = await asyncpg.connect(
            self._database.dsns.worker,
            timeout=5,
            command_timeout=30,
            server_settings=SESSION,
        )
        try:
            yield driver
        finally:
            self.leads = False
            driver.terminate()

    async def _follow(self, driver: Driver) -> None:
        """Wait to become the leader, and wake it up meanwhile."""
        while not await driver.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
            with suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await self._woken.wait()
                self._woken.clear()
                await self._nats.publish(self._poke)

    async def _lead(self, driver: Driver) -> None:
        row = await driver.fetchrow(LEAD)
        assert row is not None, "relay_cursor has one row"
        self.leads = True
        source = source_of(self._site, self._service)
        cursor = Cursor(**row)
        term = Term(
            driver, self._nats, self._stream, cursor, Pack(self._site, source, cursor.logid)
        )
        _log.info("relay leads", service=self._service, epoch=term.cursor.epoch)
        async with self._poked():
            await self._relay(term)

    @asynccontextmanager
    async def _poked(self) -> AsyncIterator[None]:
        async def woken(_: Msg) -> None:
            self.wake()

        subscription = await self._nats.subscribe(self._poke, cb=woken)
        try:
            yield
        finally:
            with suppress(Exception):
                await subscription.unsubscribe()

    async def _relay(self, term: Term) -> None:
        patience, pace = _Patience(), Pace(PACE_SECONDS)
        while _wanted():
            await pace.keep()
            self._woken.clear()
            try:
                await term.tend()
                await term.drain(self._announce_places)
            except (BrokerFault, Refused) as fault:  # what was sent is unknown
                term.doubt()
                _log.warning("relay waits for the broker", fault=repr(fault))
                await patience.wait()
            else:
                patience.rewarded()
                await self._rest()

    def _announce_places(self) -> None:
        self._placed.set()
        self._placed = asyncio.Event()

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(POLL_SECONDS):
                await self._woken.wait()


class Term:
    """The time of one leader: it alone gives positions and publishes."""

    def __init__(
        self,
        driver: Driver,
        nats: Client,
        stream: Stream,
        cursor: Cursor,
        pack: Pack,
    ) -> None:
        self.cursor = cursor
        self._driver, self._nats, self._stream, self._pack = driver, nats, stream, pack
        self._last = 0
        """Sequence of the stream's last message, as far as we know."""
        self._doubtful = True
        self._singly = False
        self._look_at = 0.0
        self._partitions_at = 0.0
        self._reconnects = -1

    def doubt(self) -> None:
        """What the stream has is no longer known: it will be asked."""
        self._doubtful = True

    async def tend(self) -> None:
        """See that the log has room, and that the stream is the one it was."""
        if not self._nats.is_connected:
            raise ConnectionReconnectingError
        if monotonic() >= self._partitions_at:
            await self._driver.fetchval("SELECT make_log_partitions(2)")
            self._partitions_at = monotonic() + PARTITIONS_SECONDS
        if self._reconnects != self._nats.stats["reconnects"]:
            self._reconnects = self._nats.stats["reconnects"]
            self._doubtful = True
        if self._doubtful or monotonic() >= self._look_at:
            await self._look()
            self._look_at = monotonic() + LOOK_SECONDS

    async def _look(self) -> None:
        state = await (self._stream.declare() if self._doubtful else self._stream.state())
        if not self._doubtful and (state.made, state.last) == (self.cursor.stream_made, self._last):
            return
        await self.resolve(state)

    async def resolve(self, state: StreamState) -> None:
        """Set the cursor to what the stream says, and expect what is its last message now."""
        cursor = self.cursor
        reached = await self._reached(state)
        if reached > cursor.assigned:
            await self._begin_new_log(reached)
            reached = cursor.assigned
        if reached != cursor.published:
            _log.warning("relay goes on from", position=reached, instead_of=cursor.published)
        settled = await self._driver.execute(SETTLE, cursor.epoch, reached, state.made)
        if settled != "UPDATE 1":
            raise Deposed
        cursor.published, cursor.stream_made = reached, state.made
        self._last, self._doubtful = state.last, False

    async def _reached(self, state: StreamState) -> int:
        """The highest position that the stream has had.

        Its last messages say so. Where they say less than we knew, somebody may have put an older
        message behind ours; so ours is looked for before the end is taken to be lost.
        """
        if state.messages == 0:
            return await self._reached_by_an_empty(state)
        latest = await self._latest(state)
        known = min(self.cursor.published, self.cursor.assigned)
        if latest >= known or not await self._is_there(known):
            return latest
        return known

    async def _reached_by_an_empty(self, state: StreamState) -> int:
        """A stream that was made again is filled from the floor; one that has aged out is not."""
        cursor = self.cursor
        same = state.made == cursor.stream_made and state.last > 0
        if same and await self._has_aged_out(cursor.published):
            return cursor.published
        return min(cursor.floor, cursor.published)

    async def _has_aged_out(self, position: int) -> bool:
        recorded: datetime | None = await self._driver.fetchval(
            "SELECT recorded_at FROM event_log WHERE position = $1", position
        )
        return recorded is None or recorded < now() - self._stream.kept

    async def _latest(self, state: StreamState) -> int:
        highest = self.cursor.floor
        for sequence in range(state.last, max(0, state.last - LOOK_BACK), -1):
            headers = await self._stream.headers_at(sequence) or {}
            if headers.get("ce-logid") == str(self.cursor.logid):
                position, reached = headers.get("ce-position", 0), headers.get(HEAD, 0)
                highest = max(highest, int(position), int(reached))
            if highest >= self.cursor.published:
                break
        return highest

    async def _is_there(self, position: int) -> bool:
        """Whether the stream has the row of a position, or a later one of its entity.

        It goes by the entity's sequence, which a log that was restored under a new id keeps.
        """
        row = await self._driver.fetchrow(ROW + "WHERE position = $1", position)
        if row is None:
            return False
        headers = await self._stream.last_headers_on(self._pack.subject(row)) or {}
        return int(headers.get("ce-sequence", 0)) >= int(row["sequence"])

    async def _begin_new_log(self, reached: int) -> None:
        """The stream has more than the log: the log was restored, and is another one from here."""
        logid = await self._driver.fetchval(NEW_LOG, self.cursor.epoch)
        if logid is None:
            raise Deposed
        _log.error("the log was restored", stream_has=reached, log_has=self.cursor.assigned)
        self.cursor.logid = self._pack.logid = logid

    async def drain(self, on_placed: Callable[[], None]) -> None:
        """Publish what waits; behind a full batch the next is fetched meanwhile.

        After one that is not full nothing waits that does not wake the relay by itself.
        """
        messages = await self._after(self.cursor.published)
        while messages:
            on_placed()
            last = messages[-1].position
            following = ensure_future(self._after(last)) if len(messages) == BATCH else None
            try:
                await self._publish(messages)
            finally:
                messages = [] if following is None else await following
        metrics.RELAY_LAG.set(0)

    async def _after(self, position: int) -> list[Outgoing]:
        """What comes after a position: rows that have theirs already, else rows that get it now."""
        cursor = self.cursor
        rows: Rows
        if position < cursor.assigned:
            rows = await self._driver.fetch(BACKLOG, position, BATCH)
        else:
            rows = await self._assign()
        return [self._pack(row) for row in rows]

    async def _assign(self) -> Rows:
        """Give positions to the rows that have committed since; none, if another relay leads."""
        cursor = self.cursor
        rows = await self._driver.fetch(ASSIGN, cursor.epoch, cursor.published)
        if rows:
            cursor.assigned = rows[-1]["position"]
        return rows

    async def _publish(self, messages: Sequence[Outgoing]) -> None:
        metrics.RELAY_LAG.set(self.cursor.assigned - self.cursor.published)
        for chunk in chunks(messages):
            await self._publish_chunk(chunk)
            self._singly = False

    async def _publish_chunk(self, chunk: list[Outgoing]) -> None:
        if self._singly:
            for message in chunk:
                await self._publish_one(message)
            return
        if len(chunk) < FEW:
            await self._publish_few(chunk)
            return
        try:
            ack = await publish(self._nats, chunk, self._last)
        except Refused as refused:
            self._singly = not isinstance(refused, NotTheLast)
            raise
        if ack.duplicate:
            await self._publish_one(chunk[0])
        else:
            self._done(chunk[-1].position, ack)
        metrics.PUBLISHED.labels("batch").inc(len(chunk))

    async def _publish_few(self, chunk: Sequence[Outgoing]) -> None:
        """Publish one behind the other without waiting: each expects the one before it."""
        acks = await gather(
            *(publish(self._nats, [each], self._last + nth) for nth, each in enumerate(chunk)),
            return_exceptions=True,
        )
        for message, ack in zip(chunk, acks, strict=True):
            if isinstance(ack, BaseException):
                raise ack
            if ack.duplicate:
                self._singly = True
                raise SeenBefore(message.id)
            self._done(message.position, ack)
        metrics.PUBLISHED.labels("single").inc(len(chunk))

    async def _publish_one(self, message: Outgoing) -> None:
        """Publish one message; one that the broker has already is done."""
        ack = await publish(self._nats, [message], self._last)
        if ack.duplicate and not await self._holds(ack.sequence, message):
            # The broker remembers the id, but the message itself was purged.
            again = message._replace(id=f"{message.id}/{self._last}")
            ack = await publish(self._nats, [again], self._last)
        self._done(message.position, ack)
        metrics.PUBLISHED.labels("single").inc()

    async def _holds(self, sequence: int, message: Outgoing) -> bool:
        headers = await self._stream.headers_at(sequence) or {}
        return headers.get("Nats-Msg-Id") == message.id

    def _done(self, position: int, ack: Ack) -> None:
        self.cursor.published = position
        if not ack.duplicate:
            self._last = ack.sequence


def _wanted() -> bool:
    """True until this task is cancelled, also when a library swallowed that.

    `asyncio.wait_for` of Python 3.11 loses a cancellation that comes together with the result it
    waits for, and the broker's client uses it everywhere.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
    return True


class _Patience:
    """Waits longer each time in vain, up to a second."""

    def __init__(self) -> None:
        self._seconds = 0.05

    async def wait(self) -> None:
        await asyncio.sleep(self._seconds)
        self._seconds = min(1.0, self._seconds * 2)

    def rewarded(self) -> None:
        self._seconds = 0.05
