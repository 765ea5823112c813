"""Notices that events wait and nothing moves, and does something about it.

A deleted consumer, a stream made anew, a client that has stopped hearing: some of it shows to
the one who pulls, some of it is only silence. So the broker is asked from time to time what is
still to come. Where that is something and no batch has been done since the last look, the
consumer is looked after anew; when that doesn't help, the process ends and its supervisor starts
another one. A database that is away is no such case: everybody waits for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nats.errors import Error as NatsError
from nats.js.errors import NotFoundError

from kernel.logs import logger

if TYPE_CHECKING:
    from kernel.consumer import Consumer
    from kernel.database import Database

LOOK_SECONDS = 3.0
STILL_LOOKS = 5
"""Looks without movement before a consumer is made anew."""
LAST_LOOKS = 40
"""Looks without movement before the process ends."""

log = logger("kernel.watchdog")


@dataclass
class _Seen:
    batches: int = 0
    still: int = 0


class Watchdog:
    """Watches the consumers of one process.

    Args:
        give_up: ends the process so that it is started anew.
    """

    def __init__(
        self, consumers: Sequence[Consumer], database: Database, give_up: Callable[[str], None]
    ) -> None:
        self._database = database
        self._give_up = give_up
        self.watch(consumers)

    def watch(self, consumers: Sequence[Consumer]) -> None:
        """Watch these from now on."""
        self._seen = {consumer.source: _Seen() for consumer in consumers}
        self._consumers = consumers

    async def run(self) -> None:
        """Look round until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            for consumer in self._consumers:
                try:
                    await self.look(consumer)
                except (NatsError, TimeoutError, OSError):
                    continue  # the broker is away: there is nothing to see

    async def look(self, consumer: Consumer) -> None:
        """Look at one consumer, and step in when it stands still."""
        seen = self._seen[consumer.source]
        if consumer.batches != seen.batches or not await self._waits(consumer):
            seen.batches, seen.still = consumer.batches, 0
            return
        seen.still += 1
        if seen.still >= LAST_LOOKS:
            self._give_up(f"events of {consumer.source} wait and nothing moves")
        elif seen.still % STILL_LOOKS == 0:
            log.warning("nothing moves: the consumer is made anew", source=consumer.source)
            consumer.remake()

    async def _waits(self, consumer: Consumer) -> bool:
        """Whether there is something to do and the means to do it."""
        if not await self._database_answers():
            return False
        try:
            info = await consumer.jetstream.consumer_info(consumer.stream, consumer.service)
        except NotFoundError:
            if consumer.following:
                log.warning("the consumer is gone: it is made anew", source=consumer.source)
                consumer.remake()
            return False
        return bool(info.num_pending or info.num_ack_pending)

    async def _database_answers(self) -> bool:
        try:
            async with asyncio.timeout(2), self._database.working("watchdog") as tx:
                await tx.driver.execute("SELECT 1")
        except Exception:  # noqa: BLE001 - whatever it is, it does not answer
            return False
        return True
