from __future__ import annotations

import asyncio
from time import monotonic
from typing import Any

import asyncpg
import pytest
from nats.js.errors import NotFoundError

from kernel import batches, relay
from kernel.batches import NotTheLast
from kernel.envelope import read


async def test_what_is_committed_is_published_with_its_envelope(shop: Any):
    [event] = await shop.announce(shop.filled("Peña 7", pieces=3, name="Íñigo"))
    async with shop.relaying() as running:
        assert await running.position_of(event) == 1
        await shop.published(1)
    broker = shop.bus.jetstream()
    message = await broker.get_msg(f"evt-{shop.site}-shop", seq=1)
    assert message.subject == f"evt.{shop.site}.mty.shop.shelf-filled.v1.Pe%C3%B1a%207"
    received = read(type(shop.filled()), message.headers, message.data)
    assert received.event == shop.filled("Peña 7", pieces=3, name="Íñigo")
    assert (received.id, received.sequence, received.position) == (event, 1, 1)
    assert (received.source, received.origin) == (f"/sites/{shop.site}/shop", "live")


async def test_positions_follow_each_other_while_transactions_commit_out_of_order(shop: Any):
    async def sell(n: int) -> None:
        async with shop.database.working("test") as tx:
            for k in range(n % 5 + 1):
                tx.announce(shop.sold(f"s{n % 7}-{k}"))
            await tx.flush()
            await asyncio.sleep(0.005 * (n % 3))

    async with shop.relaying():
        for _ in range(5):
            await asyncio.gather(*(sell(n) for n in range(20)))
        await shop.published(300)
    stream = await shop.stream()
    assert [int(each["ce-position"]) for each in stream] == list(range(1, 301))
    by_entity: dict[str, list[int]] = {}
    for each in stream:
        by_entity.setdefault(each["ce-subject"], []).append(int(each["ce-sequence"]))
    assert all(found == list(range(1, len(found) + 1)) for found in by_entity.values())


async def test_a_full_log_goes_out_in_batches_and_none_is_missing(shop: Any):
    await shop.announce(*(shop.sold(str(n)) for n in range(1234)))
    async with shop.relaying():
        await shop.published(1234)
    assert await shop.positions() == list(range(1, 1235))


async def test_a_batch_is_found_by_its_index_in_a_log_without_statistics(shop: Any):
    await shop.announce(*(shop.sold(str(n)) for n in range(2000)))
    for _ in range(2):
        chosen = await plan(shop, relay.SESSION)
        assert "Index Cond: (seq <= " in chosen
        assert "Materialize" not in chosen
        await tampered(shop, "ANALYZE")


async def tampered(shop: Any, statement: str) -> None:
    owner = await asyncpg.connect(shop.database.dsns.owner)
    await owner.execute(statement)
    await owner.close()


async def plan(shop: Any, settings: dict[str, str]) -> str:
    worker = await asyncpg.connect(shop.database.dsns.worker, server_settings=settings)
    await worker.execute(f"PREPARE assign (bigint, bigint) AS {relay.ASSIGN}")
    lines = await worker.fetch("EXPLAIN EXECUTE assign (0, 0)")
    await worker.close()
    return "\n".join(line[0] for line in lines)


@pytest.mark.parametrize("many", [6, relay.FEW + 4])
async def test_what_is_refused_for_a_message_seen_before_is_sent_one_by_one(
    shop: Any, monkeypatch: pytest.MonkeyPatch, many: int
):
    ids = await shop.announce(*(shop.sold(str(n)) for n in range(many)))
    term = await one_term(shop)
    await term._publish_one((await term._after(0))[0])
    sizes = spied_sizes(monkeypatch)
    term.cursor.published = 0
    shop_took = shop.stream  # the cursor was lost, and the stream is believed empty
    monkeypatch.setattr(type(term), "_reached", forgetful)
    term.doubt()
    await settle(term)
    together = [1] * many if many < relay.FEW else [many]
    assert sizes == together + [1] * many
    assert [each["ce-id"] for each in await shop_took()] == [str(each) for each in ids]


@pytest.mark.parametrize("many", [10, relay.FEW + 4])
async def test_an_unknown_outcome_is_settled_by_what_the_stream_says(
    shop: Any, monkeypatch: pytest.MonkeyPatch, many: int
):
    """It is stored, its acknowledgement is lost; it is not sent again."""
    lost = losing_acknowledgements(monkeypatch, 1)
    await shop.announce(*(shop.sold(str(n)) for n in range(many)))
    async with shop.relaying():
        await shop.published(many)
    assert lost == [1 if many < relay.FEW else many]
    assert await shop.positions() == list(range(1, many + 1))


async def test_a_batch_that_never_arrived_is_sent_again(shop: Any, monkeypatch: pytest.MonkeyPatch):
    real, failed = relay.publish, []

    async def cut(nats: Any, messages: Any, expected: int) -> Any:
        if not failed:
            failed.append(len(messages))
            raise relay.BrokerFault
        return await real(nats, messages, expected)

    monkeypatch.setattr(relay, "publish", cut)
    await shop.announce(*(shop.sold(str(n)) for n in range(10)))
    async with shop.relaying():
        await shop.published(10)
    assert await shop.positions() == list(range(1, 11))


async def test_a_zombie_is_stopped_by_the_broker(shop: Any):
    """Two leaders each with a batch at hand: the second to publish is refused."""
    await shop.announce(*(shop.sold(str(n)) for n in range(4)))
    zombie = await one_term(shop)
    messages = await zombie._after(0)
    heir = await one_term(shop)
    await settle(heir)
    with pytest.raises((NotTheLast, batches.SeenBefore)):
        await zombie._publish(messages)
    assert await shop.positions() == [1, 2, 3, 4]


async def test_a_zombie_gives_no_positions(shop: Any):
    zombie, heir = await one_term(shop), await one_term(shop)
    await shop.announce(shop.sold())
    assert await zombie._assign() == []
    with pytest.raises(relay.Deposed):
        await zombie.resolve(await zombie._stream.state())
    assert len(await heir._assign()) == 1


async def test_the_net_goes_red_without_the_fence(shop: Any, monkeypatch: pytest.MonkeyPatch):
    """Planted fault: nothing is expected of the stream's last message, and no id is told."""
    monkeypatch.setattr(batches, "_expecting", lambda sequence: {})
    monkeypatch.setattr(
        batches, "message_id", lambda source, event: f"{asyncio.current_task()}{id(event)}"
    )
    await shop.announce(shop.sold())
    zombie = await one_term(shop)
    messages = await zombie._after(0)
    await settle(await one_term(shop))
    await zombie._publish(messages)
    assert await shop.positions() == [1, 1]


async def test_two_relays_take_turns(shop: Any):
    first, second = shop.relay(), shop.relay()
    async with shop.relaying(first):
        await shop.announce(shop.sold())
        await shop.published(1)
        async with shop.relaying(second):
            await shop.announce(shop.sold())
            await shop.published(2)
            assert (first.leads, second.leads) == (True, False)
    async with shop.relaying(second):
        await shop.announce(shop.sold())
        await shop.published(3)
    assert await shop.positions() == [1, 2, 3]
    assert await shop.log("SELECT epoch FROM relay_cursor") == [2]


async def test_a_stream_that_is_lost_is_filled_again_from_the_log(shop: Any):
    async with shop.relaying():
        await shop.announce(*(shop.sold(str(n)) for n in range(20)))
        await shop.published(20)
        await shop.bus.jetstream().delete_stream(f"evt-{shop.site}-shop")
        await asyncio.sleep(0.05)
        await shop.announce(shop.sold())
        await until_stream_has(shop, 21)
    assert await shop.positions() == list(range(1, 22))


async def test_what_is_new_goes_behind_what_is_filled_again(shop: Any):
    """More than two batches are filled again, while more than one is new."""
    await shop.announce(*(shop.sold(str(n)) for n in range(1100)))
    async with shop.relaying():
        await shop.published(1100)
    await shop.bus.jetstream().delete_stream(f"evt-{shop.site}-shop")
    await shop.announce(*(shop.sold(str(n)) for n in range(600)))
    async with shop.relaying():
        await until_stream_has(shop, 1700)
    assert await shop.positions() == list(range(1, 1701))


async def test_a_stream_lost_while_nothing_happens_is_noticed(
    shop: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(relay, "LOOK_SECONDS", 0.2)
    async with shop.relaying():
        await shop.announce(*(shop.sold(str(n)) for n in range(3)))
        await shop.published(3)
        await shop.bus.jetstream().delete_stream(f"evt-{shop.site}-shop")
        await until_stream_has(shop, 3)


async def test_a_stream_that_was_purged_is_filled_though_the_broker_remembers_the_ids(shop: Any):
    async with shop.relaying():
        await shop.announce(*(shop.sold(str(n)) for n in range(3)))
        await shop.published(3)
    await shop.bus.jetstream().purge_stream(f"evt-{shop.site}-shop")
    async with shop.relaying():
        await shop.announce(shop.sold())
        await until_stream_has(shop, 4)
    assert await shop.positions() == [1, 2, 3, 4]


async def test_the_end_of_a_stream_that_was_lost_is_sent_again(shop: Any):
    async with shop.relaying():
        await shop.announce(*(shop.sold(str(n)) for n in range(9)))
        await shop.published(9)
    for sequence in (7, 8, 9):
        await shop.bus.jetstream().delete_msg(f"evt-{shop.site}-shop", sequence)
    async with shop.relaying():
        await until_stream_has(shop, 9)
    assert await shop.positions() == list(range(1, 10))


async def test_an_old_message_that_somebody_put_at_the_end_is_not_taken_for_a_loss(shop: Any):
    async with shop.relaying():
        await shop.announce(shop.sold("a"), shop.sold("b"), shop.sold("c"))
        await shop.published(3)
        broker = shop.bus.jetstream()
        old = await broker.get_msg(f"evt-{shop.site}-shop", seq=1)
        headers = {name: value for name, value in old.headers.items() if name.startswith("ce-")}
        await broker.publish(old.subject, old.data, headers=headers)
        await broker.publish(old.subject, b"poison")
        await shop.announce(shop.sold("d"))
        await shop.published(4)
    found = [each.get("ce-position") for each in await shop.stream()]
    assert found == ["1", "2", "3", "1", None, "4"]


async def test_a_log_that_was_restored_is_another_log(shop: Any):
    async with shop.relaying():
        await shop.announce(*(shop.sold(str(n)) for n in range(5)))
        await shop.published(5)
    owner = await asyncpg.connect(shop.database.dsns.owner)
    await owner.execute("DELETE FROM event_log WHERE position > 3")
    await owner.execute("DELETE FROM entity_heads WHERE entity IN ('3', '4')")
    await owner.execute("UPDATE relay_cursor SET assigned = 3, published = 3")
    await owner.close()
    async with shop.relaying():
        await shop.announce(shop.sold("new"))
        await shop.published(4)
    stream = await shop.stream()
    assert [int(each["ce-position"]) for each in stream] == [1, 2, 3, 4, 5, 4]
    assert stream[-1]["ce-logid"] != stream[0]["ce-logid"]


async def test_the_relay_outlives_its_connection_to_the_database(shop: Any, postgres: Any):
    async with shop.relaying() as running:
        await shop.announce(shop.sold())
        await shop.published(1)
        await shop.log(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'relay'"
        )
        await shop.announce(shop.sold())
        await shop.published(2)
        assert running.leads
    assert await shop.positions() == [1, 2]


async def test_the_relay_outlives_the_broker(shop: Any, tmp_path: Any, connect: Any):
    from gerencia.servers.nats import NatsServer

    server = NatsServer(tmp_path)
    with server:
        shop.bus = await connect(server.url)
        async with shop.relaying():
            await shop.announce(*(shop.sold(str(n)) for n in range(3)))
            await shop.published(3)
            server.stop()
            await shop.announce(*(shop.sold(str(n)) for n in range(3)))
            await asyncio.sleep(0.3)
            server.start()
            await shop.published(6, seconds=20)
        assert await shop.positions() == [1, 2, 3, 4, 5, 6]
        await shop.bus.close()


async def test_a_process_that_does_not_lead_wakes_the_one_that_does(
    shop: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(relay, "POLL_SECONDS", 30)
    leader, other = shop.relay(), shop.relay()
    async with shop.relaying(leader):
        await shop.announce(shop.sold())
        await until_stream_has(shop, 1)
        async with shop.relaying(other):
            await asyncio.sleep(0.2)
            shop.database.on_announced.remove(leader.wake)
            [event] = await shop.announce(shop.sold())
            await until_stream_has(shop, 2)
            assert await other.position_of(event) == 2


async def one_term(shop: Any) -> relay.Term:
    """A leader made by hand, as one that took over without the other's knowledge."""
    driver = await asyncpg.connect(shop.database.dsns.worker)
    running = shop.relay()
    cursor = relay.Cursor(**await driver.fetchrow(relay.LEAD))
    pack = batches.Pack(shop.site, f"/sites/{shop.site}/shop", cursor.logid)
    term = relay.Term(driver, shop.bus, running._stream, cursor, pack)
    await term.tend()
    return term


async def settle(term: relay.Term) -> None:
    for _ in range(5):
        try:
            await term.tend()
            await term.drain(lambda: None)
        except (relay.Refused, relay.BrokerFault):
            term.doubt()
        else:
            return


async def forgetful(term: relay.Term, state: Any) -> int:
    return term.cursor.published


def spied_sizes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    real, sizes = relay.publish, []

    async def spy(nats: Any, messages: Any, expected: int) -> Any:
        sizes.append(len(messages))
        return await real(nats, messages, expected)

    monkeypatch.setattr(relay, "publish", spy)
    return sizes


def losing_acknowledgements(monkeypatch: pytest.MonkeyPatch, count: int) -> list[int]:
    real, lost = relay.publish, []

    async def lose(nats: Any, messages: Any, expected: int) -> Any:
        ack = await real(nats, messages, expected)
        if len(lost) < count:
            lost.append(len(messages))
            raise relay.BrokerFault
        return ack

    monkeypatch.setattr(relay, "publish", lose)
    return lost


async def until_stream_has(shop: Any, messages: int) -> None:
    until = monotonic() + 8
    while await stored(shop) < messages:
        assert monotonic() < until, f"{await stored(shop)} of {messages} messages"
        await asyncio.sleep(0.02)


async def stored(shop: Any) -> int:
    try:
        info = await shop.bus.jetstream().stream_info(f"evt-{shop.site}-shop")
    except NotFoundError:
        return 0
    return int(info.state.messages)
