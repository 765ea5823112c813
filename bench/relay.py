"""The relay alone on a full log, against single durable publishes: both in each round."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from pathlib import Path
from typing import ClassVar

import asyncpg
import nats
from nats.aio.client import Client

from bench.figures import Figure
from gerencia.servers.databases import provision
from gerencia.servers.nats import NatsServer
from gerencia.servers.postgres import PostgresServer
from kernel.database import Database
from kernel.events import Event
from kernel.migrations import kernel_tables
from kernel.relay import Relay

EVENTS = 10_000
SINGLES = 1_000
ROUNDS = 5


class OrderPlacedV1(Event):
    """An event of the usual size."""

    type: ClassVar = "bench.order-placed.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "order"

    order: str
    text: str


def measure() -> list[Figure]:
    """Fill the log, start the relay, and watch its cursor."""
    with (
        tempfile.TemporaryDirectory(prefix="gerencia-bench-") as folder,
        PostgresServer(Path(folder) / "postgres") as postgres,
        NatsServer(Path(folder) / "nats") as broker,
    ):
        rounds = asyncio.run(_rounds(postgres.admin_dsn, broker.url))
    ratio = statistics.median(relayed / single for relayed, single in rounds)
    return [
        Figure("relay on a full log", statistics.median(r for r, _ in rounds), "events/s"),
        Figure("  single durable publishes", statistics.median(s for _, s in rounds), "/s"),
        Figure("  ratio", ratio, "", 4, 8, "at_least"),
    ]


async def _rounds(admin_dsn: str, url: str) -> list[tuple[float, float]]:
    dsns = await provision(admin_dsn, "bench")
    owner = await asyncpg.connect(dsns.owner)
    for statement in kernel_tables("bench"):
        await owner.execute(statement)
    await owner.close()
    database, bus = Database(dsns.app, dsns.worker), await nats.connect(url)
    try:
        return [await _round(database, bus, nth) for nth in range(1, ROUNDS + 1)]
    finally:
        await bus.close()
        await database.close()


async def _round(database: Database, bus: Client, nth: int) -> tuple[float, float]:
    for _ in range(EVENTS // 1000):
        async with database.working("fill the log") as tx:
            for n in range(1000):
                tx.announce(OrderPlacedV1(unit="mty", order=f"{nth}-{n}", text="x" * 350))
    began = time.perf_counter()
    relay = asyncio.create_task(Relay(database, bus, "hub", "bench").run())
    while await _published(database) < nth * EVENTS:  # noqa: ASYNC110 - nobody else tells
        await asyncio.sleep(0.05)
    relayed = EVENTS / (time.perf_counter() - began)
    relay.cancel()
    await asyncio.gather(relay, return_exceptions=True)
    return relayed, await _singles(bus, nth)


async def _published(database: Database) -> int:
    async with database.working("how far") as tx:
        return int(await tx.driver.fetchval("SELECT published FROM relay_cursor"))


async def _singles(bus: Client, nth: int) -> float:
    """One durable publish after the other, of the same size, into a stream of its own."""
    await bus.jetstream().add_stream(name="singles", subjects=["singles.>"])
    headers = {f"ce-header{n}": "x" * 24 for n in range(14)}
    began = time.perf_counter()
    for n in range(SINGLES):
        again = {"Nats-Msg-Id": f"{nth}-{n}"}
        await bus.request("singles.x", b"x" * 420, headers=headers | again, timeout=5)
    return SINGLES / (time.perf_counter() - began)
