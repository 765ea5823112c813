from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
from nats.errors import NoRespondersError

from kernel import sync
from kernel.envelope import read
from kernel.sync import Selection, SnapshotBroken, Snapshots, fetch_snapshot


@asynccontextmanager
async def serving(shop: Any) -> AsyncIterator[None]:
    snapshots = Snapshots(shop.database, shop.bus, shop.site, "shop")
    await snapshots.start()
    try:
        yield
    finally:
        await snapshots.stop()


def everything(shop: Any) -> Selection:
    return Selection.snapshot([type(shop.filled()), type(shop.sold())])


async def fetched(shop: Any, wanted: Selection) -> tuple[int, list[dict[str, str]]]:
    snapshot = await fetch_snapshot(shop.bus, shop.site, "shop", wanted)
    return snapshot.position, [one.headers async for page in snapshot.pages for one in page]


def short(headers: list[dict[str, str]]) -> list[str]:
    return [
        f"{h['ce-type'].split('.')[-2][:5]} {h['ce-subject']}{h['ce-sequence']}" for h in headers
    ]


async def test_a_snapshot_has_the_newest_state_and_every_fact(shop: Any):
    await shop.announce(shop.filled("a"), shop.sold("a"), shop.filled("b"))
    await shop.announce(shop.filled("a"), shop.sold("a"))
    async with serving(shop):
        _, headers = await fetched(shop, everything(shop))
    assert short(headers) == ["piece a2", "shelf b1", "shelf a3", "piece a4"]


async def test_what_has_no_position_yet_is_in_the_view_without_one(shop: Any):
    await shop.announce(shop.sold("a"))
    async with shop.relaying():
        await shop.published(1)
    await shop.announce(shop.sold("b"))
    async with serving(shop):
        position, headers = await fetched(shop, everything(shop))
    assert position == 1
    assert [each.get("ce-position") for each in headers] == ["1", None]


async def test_events_of_a_snapshot_are_those_of_the_stream(shop: Any):
    await shop.announce(shop.filled("a", pieces=7, name="Íñigo"))
    async with shop.relaying(), serving(shop):
        await shop.published(1)
        snapshot = await fetch_snapshot(shop.bus, shop.site, "shop", everything(shop))
        [[copied]] = [page async for page in snapshot.pages]
    message = await shop.bus.jetstream().get_msg(f"evt-{shop.site}-shop", seq=1)
    contract = type(shop.filled())
    streamed = {name: each for name, each in message.headers.items() if name[:4] != "Nats"}
    assert copied.headers == streamed
    assert read(contract, *copied).event == read(contract, streamed, message.data).event


async def test_a_view_does_not_change_while_it_is_read(shop: Any):
    await shop.announce(*(shop.sold(str(n)) for n in range(1200)))
    async with serving(shop):
        snapshot = await fetch_snapshot(shop.bus, shop.site, "shop", everything(shop))
        sizes = []
        async for page in snapshot.pages:
            await shop.announce(shop.sold("late"))
            sizes.append(len(page))
    assert sizes == [500, 500, 200]


async def test_large_events_make_more_pages(shop: Any):
    await shop.announce(*(shop.filled(str(n), name="x" * 300_000) for n in range(4)))
    async with serving(shop):
        snapshot = await fetch_snapshot(shop.bus, shop.site, "shop", everything(shop))
        assert [len(page) async for page in snapshot.pages] == [2, 2]


async def test_a_replay_is_restricted_by_type_unit_entity_time_and_position(shop: Any):
    await shop.announce(shop.sold("a"), shop.sold("b", unit="cdmx"), shop.filled("a"))
    async with shop.relaying():
        await shop.published(3)
    moment = (await shop.log("SELECT recorded_at FROM event_log LIMIT 1"))[0]
    sold = ["shop.piece-sold.v1"]
    async with serving(shop):
        for restriction, expected in (
            ({}, ["piece a1", "piece b1"]),
            ({"units": ["cdmx"]}, ["piece b1"]),
            ({"entity": "a"}, ["piece a1"]),
            ({"position_from": 2}, ["piece b1"]),
            ({"position_to": 2}, ["piece a1"]),
            ({"recorded_from": moment}, ["piece a1", "piece b1"]),
            ({"recorded_to": moment}, []),
        ):
            _, headers = await fetched(shop, Selection(all_of=sold, **restriction))
            assert short(headers) == expected, restriction


async def test_a_page_whose_answer_was_lost_is_sent_again(shop: Any):
    await shop.announce(shop.sold("a"))
    async with serving(shop):
        snapshot = await fetch_snapshot(shop.bus, shop.site, "shop", everything(shop))
        subject = snapshot.pages.ag_frame.f_locals["subject"]
        lost = await shop.bus.request(subject, b"0", timeout=2)
        pages = [page async for page in snapshot.pages]
    assert len(lost.data) > 10
    assert len(pages) == 1


async def test_an_owner_that_is_down_is_an_error_and_one_that_goes_away_too(
    shop: Any, monkeypatch: pytest.MonkeyPatch
):
    with pytest.raises(NoRespondersError):
        await fetched(shop, everything(shop))
    await shop.announce(*(shop.sold(str(n)) for n in range(600)))
    async with serving(shop):
        snapshot = await fetch_snapshot(shop.bus, shop.site, "shop", everything(shop))
        await anext(snapshot.pages)
    with pytest.raises(SnapshotBroken):
        await anext(snapshot.pages)


async def test_a_view_left_unread_gives_its_connection_back(
    shop: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sync, "SECONDS", 0.3)
    async with serving(shop):
        await fetch_snapshot(shop.bus, shop.site, "shop", everything(shop))
        await asyncio.sleep(0.6)
        assert shop.database._worker.pool.checkedout() == 0


async def test_a_request_that_cannot_be_understood_says_so(shop: Any):
    async with serving(shop):
        reply = await shop.bus.request(f"sync.{shop.site}.shop.open", b"{", timeout=2)
    assert b"error" in reply.data


async def test_erased_personal_data_is_not_in_a_snapshot(shop: Any):
    await shop.announce(shop.filled("a", name="Ana"))
    owner = await asyncpg.connect(shop.database.dsns.owner)
    await owner.execute("UPDATE event_log SET personal = NULL")
    await owner.close()
    async with serving(shop):
        snapshot = await fetch_snapshot(shop.bus, shop.site, "shop", everything(shop))
        [[copied]] = [page async for page in snapshot.pages]
    assert b"Ana" not in copied.body
