"""A made-up service, `shop`, with the kernel's tables and one table of its own."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any, ClassVar
from uuid import UUID

import asyncpg
import nats as nats_client
import pytest
import pytest_asyncio
from nats.aio.client import Client

from gerencia.servers.databases import provision
from kernel.database import Database, Dsns
from kernel.events import Event, Message
from kernel.migrations import grants, kernel_tables
from kernel.relay import Relay
from kernel.scope import policies


class Named(Message):
    name: str


class ShelfFilledV1(Event):
    type: ClassVar = "shop.shelf-filled.v1"
    kind: ClassVar = "state"
    entity: ClassVar = "shelf"

    shelf: str
    pieces: int = 0
    personal: Named | None = None


class PieceSoldV1(Event):
    type: ClassVar = "shop.piece-sold.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "shelf"

    shelf: str


SHELVES = [
    "CREATE TABLE shelves (shelf text PRIMARY KEY, unit text NOT NULL, owner uuid)",
    *policies("shelves", service="shop", owner="owner"),
    *grants("shop", "shelves"),
]


@pytest_asyncio.fixture
async def database(postgres: Any) -> AsyncIterator[Database]:
    async with shop_database(postgres.admin_dsn) as opened:
        yield opened


_TEMPLATES: set[str] = set()


@asynccontextmanager
async def shop_database(admin_dsn: str) -> AsyncIterator[Database]:
    if admin_dsn not in _TEMPLATES:
        await _fill(await provision(admin_dsn, "shop"))
        _TEMPLATES.add(admin_dsn)
    name = f"shop_{secrets.token_hex(4)}"
    await _administer(admin_dsn, f"CREATE DATABASE {name} TEMPLATE shop OWNER shop_owner")
    dsns = await provision(admin_dsn, "shop", name)
    opened = Database(dsns.app, dsns.worker)
    opened.dsns = Dsns(dsns.app, dsns.worker, dsns.owner)
    try:
        yield opened
    finally:
        await opened.close()
        await _administer(admin_dsn, f"DROP DATABASE {name} WITH (FORCE)")


async def _fill(dsns: Any) -> None:
    owner = await asyncpg.connect(dsns.owner)
    for statement in [*kernel_tables("shop"), *SHELVES]:
        await owner.execute(statement)
    await owner.close()


async def _administer(admin_dsn: str, statement: str) -> None:
    admin = await asyncpg.connect(admin_dsn)
    await admin.execute(statement)
    await admin.close()


@pytest_asyncio.fixture
async def bus(nats: Any) -> AsyncIterator[Client]:
    client = await connected(nats.url)
    yield client
    await client.close()


async def connected(url: str) -> Client:
    async def quiet(_: Exception) -> None: ...

    return await nats_client.connect(
        url, max_reconnect_attempts=-1, reconnect_time_wait=0.05, error_cb=quiet
    )


class Shop:
    """The made-up service on the test's database, bus and site."""

    def __init__(self, database: Database, bus: Client, site: str) -> None:
        self.database, self.bus, self.site = database, bus, site

    @staticmethod
    def sold(shelf: str = "a", unit: str = "mty") -> PieceSoldV1:
        return PieceSoldV1(unit=unit, shelf=shelf)

    @staticmethod
    def filled(shelf: str = "a", pieces: int = 1, name: str | None = None) -> ShelfFilledV1:
        personal = Named(name=name) if name else None
        return ShelfFilledV1(unit="mty", shelf=shelf, pieces=pieces, personal=personal)

    async def announce(self, *events: Event) -> list[UUID]:
        async with self.database.working("test") as tx:
            for event in events:
                tx.announce(event)
        return tx.announced

    def relay(self, bus: Client | None = None) -> Relay:
        return Relay(self.database, bus or self.bus, self.site, "shop")

    @asynccontextmanager
    async def relaying(self, relay: Relay | None = None) -> AsyncIterator[Relay]:
        relay = relay or self.relay()
        task = asyncio.create_task(relay.run())
        try:
            yield relay
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def log(self, query: str, *args: Any) -> list[Any]:
        """Rows of a query on the shop's database, as the worker sees it."""
        worker = await asyncpg.connect(self.database.dsns.worker)
        rows = await worker.fetch(query, *args)
        await worker.close()
        return [row[0] if len(row) == 1 else tuple(row) for row in rows]

    async def stream(self) -> list[dict[str, str]]:
        """The headers of every message in the shop's stream, in order."""
        broker = self.bus.jetstream()
        count = (await broker.stream_info(f"evt-{self.site}-shop")).state.messages
        if not count:
            return []
        subscription = await broker.subscribe(f"evt.{self.site}.>", ordered_consumer=True)
        found = [await subscription.next_msg(timeout=2) for _ in range(count)]
        await subscription.unsubscribe()
        return [dict(message.headers or {}) for message in found]

    async def positions(self) -> list[int]:
        return [int(headers["ce-position"]) for headers in await self.stream()]

    async def published(self, position: int, seconds: float = 10) -> None:
        """Wait until the cursor says that the stream has this position."""
        until = monotonic() + seconds
        while (await self.log("SELECT published FROM relay_cursor"))[0] < position:
            assert monotonic() < until, f"position {position} was not published in time"
            await asyncio.sleep(0.02)


@pytest_asyncio.fixture
async def shop(database: Database, bus: Client, site: str) -> Shop:
    return Shop(database, bus, site)


@pytest.fixture
def connect() -> Callable[[str], Awaitable[Client]]:
    return connected
