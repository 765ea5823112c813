from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from kernel.reconcile import Reconciled, reconcile
from kernel.streams import BrokerMayForget, Stream, require_synced_broker
from kernel.verify import log_is_whole, stream_agrees


async def published(shop: Any, count: int) -> Stream:
    await shop.announce(*(shop.sold(str(n % 4)) for n in range(count)))
    async with shop.relaying():
        await shop.published(count)
    return Stream(shop.bus, shop.site, "shop")


async def reconciled(shop: Any, stream: Stream) -> Reconciled | None:
    return await reconcile(shop.database, shop.bus, stream, shop.site, "shop")


async def whole(shop: Any) -> list[str]:
    async with shop.database.working("verify") as tx:
        return await log_is_whole(tx)


async def tampered(shop: Any, statement: str) -> None:
    owner = await asyncpg.connect(shop.database.dsns.owner)
    await owner.execute(statement)
    await owner.close()


async def lose(shop: Any, *sequences: int) -> None:
    for sequence in sequences:
        await shop.bus.jetstream().delete_msg(f"evt-{shop.site}-shop", sequence)


async def test_nothing_is_missing_from_a_stream_that_has_everything(shop: Any):
    stream = await published(shop, 10)
    assert await reconciled(shop, stream) == Reconciled(0, 10, [], 0)
    assert await stream_agrees(shop.database, stream) == []
    assert await whole(shop) == []


async def test_what_was_lost_in_the_middle_is_sent_again_and_the_relay_goes_on(shop: Any):
    stream = await published(shop, 10)
    await lose(shop, 3, 4, 7)
    assert (await stream_agrees(shop.database, stream))[0].startswith("position 3 ")
    found = await reconciled(shop, stream)
    assert found is not None
    assert found.missing == [3, 4, 7]
    assert await stream_agrees(shop.database, stream) == []
    async with shop.relaying():
        await shop.announce(shop.sold())
        await shop.published(11)
    assert await shop.positions() == [1, 2, 5, 6, 8, 9, 10, 3, 4, 7, 11]


async def test_what_has_aged_out_is_not_missing_and_the_floor_rises_over_it(shop: Any):
    stream = await published(shop, 10)
    await tampered(
        shop,
        "UPDATE event_log SET recorded_at = recorded_at - interval '40 days' WHERE position <= 4",
    )
    await lose(shop, 1, 2, 3, 6)
    assert await reconciled(shop, stream) == Reconciled(3, 10, [6], 3)
    assert await shop.log("SELECT floor FROM relay_cursor") == [3]
    assert await reconciled(shop, stream) == Reconciled(3, 10, [], 0)


async def test_a_stream_made_again_is_filled_from_the_floor(shop: Any):
    await published(shop, 6)
    await tampered(shop, "UPDATE relay_cursor SET floor = 4")
    await shop.bus.jetstream().delete_stream(f"evt-{shop.site}-shop")
    async with shop.relaying():
        await shop.announce(shop.sold())
        await shop.published(7)
    assert await shop.positions() == [5, 6, 7]


async def test_a_stream_whose_messages_have_all_aged_out_is_not_filled_again(shop: Any):
    await published(shop, 3)
    await tampered(shop, "UPDATE event_log SET recorded_at = recorded_at - interval '40 days'")
    await shop.bus.jetstream().purge_stream(f"evt-{shop.site}-shop")
    async with shop.relaying():
        await shop.announce(shop.sold())
        await shop.published(4)
    assert await shop.positions() == [4]


@pytest.mark.parametrize(
    ("fault", "noticed"),
    [
        ("UPDATE event_log SET position = 4 WHERE position = 5", "position 4 is given to 2 rows"),
        ("DELETE FROM event_log WHERE position = 6", "9 rows have a position, the highest is 10"),
        ("DELETE FROM event_log WHERE position = 5", "entity 0 has 2 events, from 1 to 3"),
        ("UPDATE entity_heads SET sequence = 9 WHERE entity = '1'", "entity 1 is at 9"),
        ("UPDATE relay_cursor SET published = 11", "published 11 of 10"),
        (
            "UPDATE event_log SET position = 6 - position WHERE position IN (1, 5)",
            "entity 0 has its event 2 before 1",
        ),
    ],
)
async def test_a_planted_fault_in_the_log_is_noticed(shop: Any, fault: str, noticed: str):
    await published(shop, 10)
    assert await whole(shop) == []
    await tampered(shop, fault)
    assert any(noticed in sentence for sentence in await whole(shop)), await whole(shop)


async def test_a_stream_that_carries_another_event_is_noticed(shop: Any):
    stream = await published(shop, 3)
    await tampered(shop, "UPDATE event_log SET id = gen_random_uuid() WHERE position = 2")
    [sentence] = await stream_agrees(shop.database, stream)
    assert sentence.startswith("position 2 is ")


async def test_a_broker_that_syncs_each_message_is_accepted(nats: Any):
    await require_synced_broker(nats.monitoring_url)


async def test_a_broker_that_may_forget_is_refused(tmp_path: Path):
    from gerencia.servers.nats import NatsServer

    with NatsServer(tmp_path, durable=False) as careless, pytest.raises(BrokerMayForget):
        await require_synced_broker(careless.monitoring_url)
    for unasked in (None, "http://127.0.0.1:1"):
        with pytest.raises(BrokerMayForget):
            await require_synced_broker(unasked)


async def test_an_owner_changes_the_configuration_of_a_stream_that_is_there(shop: Any):
    await Stream(shop.bus, shop.site, "shop", kept=timedelta(days=1)).declare()
    await Stream(shop.bus, shop.site, "shop", kept=timedelta(days=2)).declare()
    info = await shop.bus.jetstream().stream_info(f"evt-{shop.site}-shop")
    assert info.config.max_age == timedelta(days=2).total_seconds()
