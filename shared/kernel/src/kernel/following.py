"""All that a service takes in from others: its consumers, its parked messages, how far it is.

One process of a service does this at a time (`kernel.turn`); the others answer requests and wait
for their turn. What was asked of the whole is answered from the database and the broker, so any
process can answer it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from nats.errors import Error as NatsError
from nats.js.errors import NotFoundError

from kernel import filling, inbox, metrics, parking
from kernel.consumer import Consumer
from kernel.context import current
from kernel.envelope import HEAD, source_of
from kernel.logs import logger
from kernel.outage import is_transient
from kernel.problems import NotThereYet
from kernel.sync import Selection, fetch_snapshot
from kernel.turn import Turn, cancelled, first_of
from kernel.watchdog import Watchdog

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg

    from kernel.database import Database, Transaction
    from kernel.ops import Replay, SourceStatus

RETRY_SECONDS = 0.5
STOP_SECONDS = 4.0
LOOK_SECONDS = 0.005
"""How often is looked whether something has arrived; after a while less often."""

log = logger("kernel.following")


class Following:
    """The events of others, for one service."""

    def __init__(
        self,
        service: str,
        site: str,
        handlers: inbox.Handlers,
        *,
        nats: Client,
        database: Database,
        give_up: Callable[[str], None],
        projections: Sequence[str] = (),
    ) -> None:
        self.service = service
        self.site = site
        self._handlers = handlers
        self._database = database
        self._nats = nats
        self._projections = list(projections)
        self._fill_subject = f"poke.{site}.{service}.fill"
        self._retry = asyncio.Event()
        self._stopping = asyncio.Event()
        self._turn = Turn(database.dsns.worker, f"events of {service}")
        self.consumers = {source: self._consumer(source) for source in _sources(handlers)}
        self._watchdog = Watchdog(list(self.consumers.values()), database, give_up)

    def _consumer(self, source: str) -> Consumer:
        return Consumer(
            self.service,
            source,
            self._handlers,
            site=self.site,
            nats=self._nats,
            database=self._database,
            prepare=self._prepare,
            parked=self.retry_soon,
        )

    def retry_soon(self) -> None:
        """Look at once whether a parked message may be tried."""
        self._retry.set()

    def stop(self) -> None:
        """End after the batches that are being done."""
        self._stopping.set()
        self._retry.set()
        for consumer in self.consumers.values():
            consumer.stop()

    async def run(self) -> None:
        """Follow all sources whenever it is this process's turn, until stopped."""
        if not self._handlers:
            return
        await self._nats.subscribe(self._fill_subject, cb=self._fill)
        while not self._stopping.is_set():
            await first_of(self._turn.take(), self._stopping.wait())
            if not self._stopping.is_set():
                log.info("following", service=self.service, sources=sorted(self.consumers))
                await self._follow()
            await self._turn.give_back()

    async def _follow(self) -> None:
        """Follow until stopped, or until the turn is lost with the database's connection."""
        consuming = [asyncio.create_task(c.run()) for c in self.consumers.values()]
        beside = [asyncio.create_task(self._retrying()), asyncio.create_task(self._watchdog.run())]
        ends = [asyncio.create_task(e.wait()) for e in (self._turn.lost, self._stopping)]
        try:
            done, _ = await asyncio.wait(
                [*consuming, *beside, *ends], return_when=asyncio.FIRST_COMPLETED
            )
            for consumer in self.consumers.values():
                consumer.stop()
            await asyncio.wait(consuming, timeout=STOP_SECONDS)
            for task in done:
                task.result()  # a defect of ours ends the program, and its supervisor restarts it
        finally:
            await cancelled([*consuming, *beside, *ends])
            self._renew()

    def _renew(self) -> None:
        """Consumers that were stopped are over; the next turn gets new ones."""
        if not self._stopping.is_set():
            for source in self.consumers:
                self.consumers[source] = self._consumer(source)
            self._watchdog.watch(list(self.consumers.values()))

    async def _retrying(self) -> None:
        while not self._stopping.is_set():
            self._retry.clear()
            try:
                while await parking.retry_one(self._database, self._handlers):
                    pass
                async with self._database.working("count parked") as tx:
                    metrics.PARKED.set(await parking.waiting(tx))
            except Exception as error:
                if not is_transient(error):
                    log.exception("parked events could not be tried", error=repr(error))
            with suppress(TimeoutError):
                async with asyncio.timeout(RETRY_SECONDS):
                    await self._retry.wait()

    async def _prepare(self, consumer: Consumer) -> None:
        """Fill from a snapshot what the stream does not tell from its beginning."""
        await filling.fill(consumer, self._nats)

    async def rebuild(self, tx: Transaction) -> None:
        """Empty the projections and forget what was taken in; the consumers then fill them.

        The consumers may be in another process, so they are told over the bus.
        """
        names = [consumer.name for consumer in self.consumers.values()]
        await filling.empty(tx, self._projections, names)
        asyncio.get_running_loop().call_later(0.2, self._tell_to_fill)

    def _tell_to_fill(self) -> None:
        # After the commit of the one who asked; were it lost, the next start fills all the same.
        self._told = asyncio.ensure_future(self._nats.publish(self._fill_subject))

    async def _fill(self, _: Msg) -> None:
        for consumer in self.consumers.values():
            consumer.remake()

    async def replay(self, asked: Replay) -> int:
        """Ask an owner for events again; those that were taken before do nothing."""
        wanted = Selection(
            all_of=asked.types or [k for k in self._handlers if k.startswith(f"{asked.source}.")],
            **asked.model_dump(exclude={"source", "types"}),
        )
        consumer, count = self._consumer(asked.source), 0
        snapshot = await fetch_snapshot(self._nats, self.site, asked.source, wanted)
        async for page in snapshot.pages:
            await consumer.apply([filling.read(consumer, copied) for copied in page])
            count += len(page)
        return count

    async def reached(self, after: str) -> None:
        """Wait until what a mark names has its effect here.

        Raises:
            NotThereYet: it had not in the time that the asker waits.
        """
        source, _, rest = after.partition(":")
        event, _, position = rest.partition(":")
        if source not in self.consumers or not position.isdigit():
            return
        left = current().seconds_left()
        patience = 5.0 if left is None else left - 0.1
        if not await self.caught_up(source, int(position), patience):
            raise NotThereYet(f"{source}:{event}")

    async def caught_up(self, source: str, position: int, seconds: float = 0.0) -> bool:
        """Whether all of a source up to a position has its effect here, now or within a time."""
        if source not in self.consumers or position <= 0:
            return True
        loop = asyncio.get_running_loop()
        until, look = loop.time() + seconds, LOOK_SECONDS
        while not await self._is_there(source, position, ask_broker=look > 4 * LOOK_SECONDS):
            if loop.time() + look > until:
                return await self._is_there(source, position, ask_broker=True)
            await asyncio.sleep(look)
            look = min(look * 1.5, 0.1)
        return True

    async def _is_there(self, source: str, position: int, *, ask_broker: bool) -> bool:
        async with self._database.working("how far") as tx:
            reached = await tx.driver.fetchval(
                "SELECT position FROM progress WHERE source = $1", source_of(self.site, source)
            )
        if reached is not None and reached >= position:
            return True
        return ask_broker and await self._nothing_left(self.consumers[source], position)

    async def _nothing_left(self, consumer: Consumer, position: int) -> bool:
        """Whether the stream is that far and holds nothing more for us: a filter makes gaps."""
        try:
            subject = f"evt.{self.site}.*.{consumer.source}.>"
            last = await consumer.jetstream.get_last_msg(consumer.stream, subject)
            told = last.headers or {}
            if max(int(told.get("ce-position", 0)), int(told.get(HEAD, 0))) < position:
                return False
            info = await consumer.jetstream.consumer_info(consumer.stream, self.service)
        except (NotFoundError, NatsError, TimeoutError):
            return False
        return not info.num_pending and not info.num_ack_pending

    async def status(self, tx: Transaction) -> list[SourceStatus]:
        """How far each source is."""
        from kernel.ops import SourceStatus

        rows = await tx.driver.fetch("SELECT source, position FROM progress")
        positions = {row["source"]: row["position"] for row in rows}
        found = []
        for source, consumer in sorted(self.consumers.items()):
            pending, unacknowledged = await _numbers(consumer)
            found.append(
                SourceStatus(
                    source=source,
                    following=consumer.following,
                    position=positions.get(consumer.name),
                    pending=pending,
                    unacknowledged=unacknowledged,
                )
            )
        return found


async def _numbers(consumer: Consumer) -> tuple[int | None, int | None]:
    try:
        info = await consumer.jetstream.consumer_info(consumer.stream, consumer.service)
    except (NotFoundError, NatsError, TimeoutError):
        return None, None
    return info.num_pending, info.num_ack_pending


def _sources(handlers: inbox.Handlers) -> list[str]:
    return sorted({kind.partition(".")[0] for kind in handlers})
