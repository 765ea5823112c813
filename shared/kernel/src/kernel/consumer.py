"""Following one source: its durable consumer, batch after batch, in one process at a time.

The broker's consumer only remembers where we are; what was taken is in our own database. So
whoever takes over a source makes the consumer anew from its acknowledged floor when messages were
still in somebody's hands: they come at once and in order, instead of after the broker's
half-minute of patience, and those that had been committed find their row in the inbox.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from nats.errors import Error as NatsError
from nats.js import api
from nats.js.errors import APIError, NotFoundError

from kernel import metrics, parking
from kernel.clock import now
from kernel.envelope import source_of
from kernel.inbox import Handlers, Incoming, handle, incoming, take
from kernel.logs import logger
from kernel.outage import is_outage
from kernel.pace import Pace
from kernel.pull import Acks, ConsumerLost, Puller

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg
    from nats.js import JetStreamContext

    from kernel.database import Database, Transaction

BATCH = 200
PACE_SECONDS = 0.01
ACK_WAIT_SECONDS = 30.0
AT_FIRST, AT_MOST = 0.1, 2.0
"""Seconds between attempts while something is away."""

log = logger("kernel.consumer")
Prepare = Callable[["Consumer"], Awaitable[None]]


def stream_of(site: str, service: str) -> str:
    """The stream with the events of a service at a site."""
    return f"evt-{site}-{service}"


class Consumer:
    """The events of one source service that this service wants.

    Args:
        prepare: done once before following: a new subscriber fills itself from a snapshot.
        parked: called when something was parked, so that the retries begin in time.
    """

    def __init__(
        self,
        service: str,
        source: str,
        handlers: Handlers,
        *,
        site: str,
        nats: Client,
        database: Database,
        prepare: Prepare | None = None,
        parked: Callable[[], None] = lambda: None,
    ) -> None:
        self.service = service
        self.source = source
        self.handlers = handlers
        self.name = source_of(site, source)
        self.stream = stream_of(site, source)
        self.subjects = filters(site, source, handlers)
        self.site = site
        self.database = database
        self.batches = 0
        """How many were done: the watchdog sees from it that something moves."""
        self.following = False
        self._nats = nats
        self._prepare = prepare
        self._parked = parked
        self._puller: Puller | None = None
        self._acks = Acks()
        self._stopping = False

    @property
    def jetstream(self) -> JetStreamContext:
        """The broker's streams; its answers are waited for a moment only."""
        return self._nats.jetstream(timeout=2.0)

    def stop(self) -> None:
        """End after the batch that is being done."""
        self._stopping = True
        self.remake()

    def remake(self) -> None:
        """Look after the consumer again, from the beginning; what is in hand is done first."""
        self.following = False
        if self._puller is not None:
            self._puller.wake()

    async def run(self) -> None:
        """Follow the source until stopped, whatever goes away meanwhile and comes back."""
        wait = AT_FIRST
        while not self._stopping:
            try:
                await self._ready()
                wait = AT_FIRST
                await self._follow()
            except ConsumerLost as lost:
                log.warning("consumer lost", source=self.source, reason=str(lost))
            except (NatsError, TimeoutError, OSError) as away:
                log.info("source is not there yet", source=self.source, reason=repr(away))
            except Exception as error:
                if not await is_outage(error, self.database):
                    raise
            finally:
                self.following = False
            await self._pause(wait)
            wait = min(wait * 2, AT_MOST)

    async def _pause(self, seconds: float) -> None:
        if not self._stopping:
            await asyncio.sleep(seconds)

    async def _ready(self) -> None:
        await self.jetstream.stream_info(self.stream)
        if self._prepare is not None:
            await self._prepare(self)
        await declare(self.jetstream, self.stream, self.service, self.subjects)

    async def _follow(self) -> None:
        pace = Pace(PACE_SECONDS)
        async with Puller(self._nats, self.stream, self.service) as puller, Acks() as self._acks:
            self._puller, self.following = puller, True
            while self.following and not self._stopping:
                await pace.keep()
                messages = await puller.batch(BATCH)
                if messages:
                    await self._take(messages)

    async def _take(self, messages: Sequence[Msg]) -> None:
        batch = [incoming(self.handlers, m.headers, m.data, self.name) for m in messages]
        with metrics.timed(metrics.HANDLING, source=self.source):
            if not await self.apply(batch):
                return  # stopped during an outage: unacknowledged, they come again
        self._acks.later(messages[-1])  # and with it all before
        self.batches += 1
        self._measure(batch)

    def _measure(self, batch: Sequence[Incoming]) -> None:
        newest = batch[-1].event
        if newest is not None:
            age = (now() - newest.recorded_at).total_seconds()
            metrics.EVENT_AGE.labels(self.source).observe(max(age, 0.0))

    async def apply(self, batch: Sequence[Incoming]) -> bool:
        """Apply messages in one transaction, or one by one when that fails; False if stopped."""
        try:
            return await self._persistently(lambda: self._in_one(batch))
        except Exception as error:  # noqa: BLE001 - a handler may raise whatever it likes
            if len(batch) > 1:
                log.warning("batch failed, now one by one", source=self.source, error=repr(error))
                return all([await self.apply([message]) for message in batch])
            return await self._park(batch[0], error)

    async def _park(self, message: Incoming, error: Exception) -> bool:
        log.error("event parked", exc_info=error, id=str(message.id), type=message.type)
        metrics.HANDLED.labels(message.type, "parked").inc()

        async def park(tx: Transaction) -> None:
            if await take(tx, [message]):
                await parking.park_failed(tx, message, error)

        done = await self._persistently(lambda: self._working(park))
        self._parked()
        return done

    async def _in_one(self, batch: Sequence[Incoming]) -> None:
        async def work(tx: Transaction) -> None:
            await apply_new(tx, self.handlers, batch)

        await self._working(work)

    async def _working(self, work: Callable[[Transaction], Awaitable[None]]) -> None:
        async with self.database.working(f"events of {self.source}") as tx:
            await work(tx)

    async def _persistently(self, work: Callable[[], Awaitable[None]]) -> bool:
        """Do it; as long as it fails for an outage, do it again. False when stopped meanwhile."""
        wait = AT_FIRST
        while True:
            try:
                await work()
                return True
            except Exception as error:
                if not await is_outage(error, self.database):
                    raise
                log.warning("waiting for an outage to end", source=self.source, error=repr(error))
            if self._stopping:
                return False
            await asyncio.sleep(wait)
            wait = min(wait * 2, AT_MOST)


async def apply_new(tx: Transaction, handlers: Handlers, batch: Sequence[Incoming]) -> None:
    """Take the messages that are new, handle them, and set aside what has to wait."""
    behind = await take(tx, batch)
    blocked = {m.place for m in batch if behind.get((m.source, m.id))}
    events, late = [], []
    for message in batch:
        if behind.pop((message.source, message.id), None) is None:
            metrics.HANDLED.labels(message.type, "seen before").inc()
        elif message.place in blocked:
            late.append(message)
        elif message.event is None:
            blocked.add(message.place)
            await parking.park_unreadable(tx, message)
        else:
            events.append(message.event)
            metrics.HANDLED.labels(message.type, "applied").inc()
    await parking.park_behind(tx, late)
    await handle(tx, handlers, events)


def filters(site: str, source: str, handlers: Handlers) -> list[str]:
    """The subjects of the facts that are handled, in every version: an unknown one is parked.

    >>> filters("hub", "billing", {"billing.order-held.v1": [], "customers.order-placed.v1": []})
    ['evt.hub.*.billing.order-held.*.*']
    """
    facts = {kind.rpartition(".")[0] for kind in handlers if kind.startswith(f"{source}.")}
    return sorted(f"evt.{site}.*.{fact}.*.*" for fact in facts)


async def declare(
    jetstream: JetStreamContext, stream: str, name: str, subjects: Sequence[str]
) -> None:
    """See that the durable consumer is there, wants these subjects and holds nothing back."""
    try:
        known = await jetstream.consumer_info(stream, name)
    except NotFoundError:
        await _add(jetstream, stream, name, subjects, start=None)
        return
    same = sorted(_subjects(known.config)) == sorted(subjects)
    if same and not known.num_ack_pending:
        return
    # Other subjects: from the beginning, for what is wanted now was passed over before.
    start = known.ack_floor.stream_seq + 1 if same and known.ack_floor else None
    await jetstream.delete_consumer(stream, name)
    await _add(jetstream, stream, name, subjects, start=start)


def _subjects(config: api.ConsumerConfig | None) -> list[str]:
    if config is None:
        return []
    return config.filter_subjects or ([config.filter_subject] if config.filter_subject else [])


async def _add(
    jetstream: JetStreamContext,
    stream: str,
    name: str,
    subjects: Sequence[str],
    *,
    start: int | None,
) -> None:
    policy = api.DeliverPolicy.BY_START_SEQUENCE if start else api.DeliverPolicy.ALL
    config = api.ConsumerConfig(
        durable_name=name,
        ack_policy=api.AckPolicy.ALL,
        ack_wait=ACK_WAIT_SECONDS,
        max_ack_pending=5 * BATCH,
        filter_subjects=list(subjects),
        deliver_policy=policy,
        opt_start_seq=start,
    )
    try:
        await jetstream.add_consumer(stream, config)
    except APIError as refused:
        if refused.err_code != ALREADY_THERE:
            raise


ALREADY_THERE = 10148
