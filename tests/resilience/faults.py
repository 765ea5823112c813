"""What is done to a running installation, from a seeded schedule."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import nats
from nats.js import JetStreamContext
from streams import INJECTED

from gerencia.trial import Installation

SERVICES = ("customers", "billing", "targets", "notifications", "gateway")
PUBLISHERS = ("customers", "billing", "targets")
STALL_SECONDS = 20
WAIT_SECONDS = 60
AT_WORK_SECONDS = 1.0


@dataclass
class Hurt:
    """An installation, how to reach its broker, and which of its programs are killed."""

    installation: Installation
    rng: random.Random
    nats_url: str
    victims: Sequence[str] = SERVICES
    at_work: bool = False
    """Whether they are killed only once they have started again: a kill then meets their work."""

    async def kill(self, name: str) -> None:
        """Kill a program; the supervisor starts it again."""
        if self.at_work:
            await asyncio.to_thread(self.installation.wait_until_ready, WAIT_SECONDS, name)
            await asyncio.sleep(AT_WORK_SECONDS)
        await asyncio.to_thread(self.installation.kill, name)

    async def kill_a_service(self) -> None:
        """Kill one of the programs, whatever it is doing: a relay may be mid-batch."""
        await self.kill(self.rng.choice(self.victims))

    async def kill_postgres(self) -> None:
        """Kill the database server."""
        await self.kill("postgres")

    async def kill_nats(self) -> None:
        """Kill the broker."""
        await self.kill("nats")

    async def stall_a_service(self) -> None:
        """Stop a program for twenty seconds: others take over, then it wakes up late."""
        name = self.rng.choice(PUBLISHERS)
        pid = self.installation.programs()[name]["pid"]
        os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(STALL_SECONDS)
        os.kill(pid, signal.SIGCONT)

    async def lose_the_broker_store(self) -> None:
        """Take everything the broker ever stored from under it, and kill it."""
        folder = self.installation.data / "nats" / "store"
        lost = folder.rename(folder.with_name(f"lost-{self.rng.getrandbits(32)}"))
        await self.kill("nats")
        shutil.rmtree(lost, ignore_errors=True)

    async def delete_a_consumer(self) -> None:
        """Delete somebody's consumer under their feet."""

        async def delete(js: JetStreamContext) -> None:
            stream = await _some_stream(js, self.rng)
            consumers = await js.consumers_info(stream)
            durable = [info.name for info in consumers if info.config.durable_name]
            if durable:
                await js.delete_consumer(stream, self.rng.choice(durable))

        await self._with_broker(delete)

    async def inject_duplicates_and_poison(self) -> None:
        """Old messages again and out of order, a body that is no JSON, a version nobody knows."""

        async def inject(js: JetStreamContext) -> None:
            stream = await _some_stream(js, self.rng)
            last = (await js.stream_info(stream)).state.last_seq
            for number in sorted((self.rng.randint(1, last) for _ in range(5)), reverse=True):
                await self._repeat(js, stream, number)

        await self._with_broker(inject)

    async def _repeat(self, js: JetStreamContext, stream: str, number: int) -> None:
        old = await js.get_msg(stream, number)
        assert old.subject
        headers = {k: v for k, v in (old.headers or {}).items() if k.lower().startswith("ce-")}
        again = {**headers, INJECTED: "1"}
        await js.publish(old.subject, old.data or b"", headers=again)
        foreign = {k: v for k, v in again.items() if k not in ("ce-position", "ce-logid")}
        poison = {**foreign, "ce-id": f"{self.rng.getrandbits(128):032x}", "ce-subject": "poison"}
        await js.publish(_about_poison(old.subject), b"{not json", headers=poison)
        unknown = {**poison, "ce-id": f"{self.rng.getrandbits(128):032x}"}
        await js.publish(_version_nine(old.subject), b"{}", headers=unknown)

    async def _with_broker(self, use: Callable[[JetStreamContext], Awaitable[None]]) -> None:
        connection = await nats.connect(self.nats_url, max_reconnect_attempts=10)
        try:
            await use(connection.jetstream())
        finally:
            await connection.close()

    def schedule(self, kills: int, *, stall: bool) -> list[Callable[[], Awaitable[None]]]:
        """So many kills in a seeded order, with each other fault among them once."""
        servers = [self.kill_postgres, self.kill_nats]
        plan: list[Callable[[], Awaitable[None]]] = [
            self.rng.choice(servers) if number % 5 == 4 else self.kill_a_service
            for number in range(kills)
        ]
        others: Sequence[Callable[[], Awaitable[None]]] = (
            *([self.stall_a_service] if stall else []),
            self.lose_the_broker_store,
            self.delete_a_consumer,
            self.inject_duplicates_and_poison,
        )
        for other in others:
            plan.insert(self.rng.randint(1, len(plan)), other)
        return plan


async def _some_stream(js: JetStreamContext, rng: random.Random) -> str:
    names = [info.config.name for info in await js.streams_info() if info.state.messages]
    return str(rng.choice(sorted(name for name in names if name)))


def _about_poison(subject: str) -> str:
    return ".".join([*subject.split(".")[:-1], "poison"])


def _version_nine(subject: str) -> str:
    parts = subject.split(".")
    return ".".join([*parts[:-2], "v9", "poison"])
