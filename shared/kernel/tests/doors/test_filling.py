"""A subscriber that begins late, or again, ends with the same as one that heard everything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from gerencia.servers.databases import provision
from kernel.client import OPERATOR
from kernel.database import Database
from kernel.ops import Rebuild
from kernel.relay import Relay
from kernel.sync import Snapshots


class Shop:
    """The owner: its log, its relay, its snapshots."""

    def __init__(self, database: Database, desk: Any) -> None:
        self.database = database
        self.relay = Relay(database, desk.nats, desk.site, "shop")
        self.snapshots = Snapshots(database, desk.nats, desk.site, "shop")

    async def tell(self, *events: Any) -> None:
        async with self.database.working("test") as tx:
            for event in events:
                tx.announce(event)

    async def relayed(self) -> bool:
        async with self.database.working("test") as tx:
            left: int = await tx.driver.fetchval(
                "SELECT (SELECT count(*) FROM event_log) - published FROM relay_cursor"
            )
        return left == 0


@pytest_asyncio.fixture
async def shop(postgres: Any, desk: Any, make_database: Any) -> AsyncIterator[Shop]:
    dsns = await provision(postgres.admin_dsn, "desk", await make_database())
    database = Database(dsns.app, dsns.worker)
    shop = Shop(database, desk)
    relaying = asyncio.create_task(shop.relay.run())
    await shop.snapshots.start()
    yield shop
    await shop.snapshots.stop()
    relaying.cancel()
    await asyncio.gather(relaying, return_exceptions=True)
    await database.close()


async def test_a_subscriber_that_begins_after_the_stream_has_aged_is_filled_from_a_snapshot(
    desk: Any, shop: Any, made_up: Any
) -> None:
    sold, shelf = made_up.Sold, made_up.Shelf
    await shop.tell(sold(unit="mty", shelf="a", note="1"), shelf(unit="mty", shelf="b", note="x"))
    await shop.tell(shelf(unit="mty", shelf="b", note="y"))
    assert await made_up.eventually(shop.relayed)
    await desk.nats.jetstream().purge_stream(f"evt-{desk.site}-shop", keep=1)
    async with desk.running():
        await desk.hears(("a", "1"), ("b", "y"))
        await shop.tell(sold(unit="mty", shelf="a", note="2"))
        await desk.hears(("a", "1"), ("b", "y"), ("a", "2"))


async def test_a_rebuild_empties_and_fills_without_counting_twice(
    desk: Any, shop: Any, made_up: Any
) -> None:
    sold, shelf = made_up.Sold, made_up.Shelf
    async with desk.running() as program:
        await shop.tell(*(sold(unit="mty", shelf="a", note=str(n)) for n in range(3)))
        told = [("a", str(n)) for n in range(3)]
        await desk.hears(*told)
        async with desk.database.working("damage") as tx:
            await tx.driver.execute("DELETE FROM heard WHERE note = '1'")
        answer = await program.client.send(Rebuild(), OPERATOR, service="desk")
        assert (answer.value.projections, answer.value.sources) == (["heard"], ["shop"])
        await desk.hears(*told)
        await shop.tell(shelf(unit="mty", shelf="b", note="x"))
        await desk.hears(*told, ("b", "x"))


async def test_a_mark_of_another_service_is_waited_for(desk: Any, shop: Any, made_up: Any) -> None:
    other = made_up.Desk(shop.database, desk.nats, desk.url, desk.site)
    async with desk.running() as program, other.serving_as("shop"):
        async with shop.database.working("test") as tx:
            mark = f"shop:{tx.announce(made_up.Sold(unit='mty', shelf='a', note='1'))}"
        await program.client.ask(made_up.Count(), OPERATOR, after=mark)
        assert await desk.heard() == [("a", "1")]
