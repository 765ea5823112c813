"""Each event counts once, in its entity's order, whatever comes twice, late or broken."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from kernel import consumer, parking


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parking, "BACK_OFF_SECONDS", (0.05, 0.05))


async def test_a_message_that_comes_twice_counts_once(desk: Any, made_up: Any) -> None:
    async with desk.running():
        await desk.tell(made_up.Sold(unit="mty", shelf="a", note="1"), times=3)
        await desk.tell(made_up.Sold(unit="mty", shelf="a", note="2"))
        await desk.hears(("a", "1"), ("a", "2"))


async def test_what_was_told_while_we_were_down_is_heard_afterwards(
    desk: Any, made_up: Any
) -> None:
    async with desk.running():
        await desk.tell(made_up.Sold(unit="mty", shelf="a", note="1"))
        await desk.hears(("a", "1"))
    await desk.tell(made_up.Sold(unit="mty", shelf="a", note="2"))
    async with desk.running():
        await desk.hears(("a", "1"), ("a", "2"))


async def test_what_was_committed_but_not_acknowledged_counts_once(
    desk: Any, made_up: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    committed = asyncio.Event()

    async def dies_after_the_commit(self: Any, messages: Any) -> None:
        batch = [consumer.incoming(self.handlers, m.headers, m.data, self.name) for m in messages]
        await self.apply(batch)
        committed.set()
        await asyncio.sleep(60)

    with monkeypatch.context() as broken:
        broken.setattr(consumer.Consumer, "_take", dies_after_the_commit)
        broken.setattr("kernel.following.STOP_SECONDS", 0.05)
        broken.setattr("kernel.service.STOP_SECONDS", 0.1)
        async with desk.running():
            await desk.tell(made_up.Sold(unit="mty", shelf="a", note="1"))
            await asyncio.wait_for(committed.wait(), 5)
    await desk.tell(made_up.Sold(unit="mty", shelf="a", note="2"))
    async with desk.running():
        await desk.hears(("a", "1"), ("a", "2"))


async def test_what_another_process_had_in_hand_comes_at_once_and_first(
    desk: Any, made_up: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched = asyncio.Event()

    async def dies_before_the_commit(self: Any, messages: Any) -> None:
        fetched.set()
        await asyncio.sleep(60)

    with monkeypatch.context() as broken:
        broken.setattr(consumer.Consumer, "_take", dies_before_the_commit)
        broken.setattr("kernel.following.STOP_SECONDS", 0.05)
        broken.setattr("kernel.service.STOP_SECONDS", 0.1)
        async with desk.running():
            await desk.tell(made_up.Sold(unit="mty", shelf="a", note="1"))
            await asyncio.wait_for(fetched.wait(), 5)
    await desk.tell(made_up.Sold(unit="mty", shelf="a", note="2"))
    async with desk.running():
        await desk.hears(("a", "1"), ("a", "2"), seconds=5)


async def test_a_poisonous_message_is_parked_with_its_successors_while_others_flow(
    desk: Any, made_up: Any
) -> None:
    desk.poison = {"poison"}
    async with desk.running() as program:
        for shelf, note in [("a", "poison"), ("b", "1"), ("a", "2"), ("b", "3"), ("a", "4")]:
            await desk.tell(made_up.Sold(unit="mty", shelf=shelf, note=note))
        await desk.hears(("b", "1"), ("b", "3"))

        async def given_up() -> bool:
            found = (await desk.parked(program)).messages
            return [m.retry_at is None for m in found] == [True, False, False]

        assert await made_up.eventually(given_up)
        found = (await desk.parked(program)).messages
        assert [(m.entity, m.tries) for m in found] == [("a", 3), ("a", 0), ("a", 0)]
        assert found[0].reason == "RuntimeError: cannot bear poison"
        assert await desk.heard() == [("b", "1"), ("b", "3")]


async def test_a_replay_takes_parked_messages_up_in_their_order(desk: Any, made_up: Any) -> None:
    desk.poison = {"poison"}
    async with desk.running() as program:
        for note in ("poison", "2", "3"):
            await desk.tell(made_up.Sold(unit="mty", shelf="a", note=note))

        async def given_up() -> bool:
            found = (await desk.parked(program)).messages
            return len(found) == 3 and found[0].retry_at is None

        assert await made_up.eventually(given_up)
        desk.poison = set()
        assert await desk.replay(program) == 3
        await desk.hears(("a", "poison"), ("a", "2"), ("a", "3"))
        await desk.tell(made_up.Sold(unit="mty", shelf="a", note="4"))
        await desk.hears(("a", "poison"), ("a", "2"), ("a", "3"), ("a", "4"))
        assert (await desk.parked(program)).total == 0


async def test_a_message_that_fails_once_is_tried_again_by_itself(desk: Any, made_up: Any) -> None:
    desk.poison = {"1"}
    async with desk.running() as program:
        await desk.tell(made_up.Sold(unit="mty", shelf="a", note="1"))

        async def is_parked() -> bool:
            return (await desk.parked(program)).total == 1

        assert await made_up.eventually(is_parked)
        desk.poison = set()
        await desk.hears(("a", "1"))


async def test_what_nobody_can_read_is_parked_with_its_reason(desk: Any, made_up: Any) -> None:
    async with desk.running() as program:
        sold = made_up.Sold(unit="mty", shelf="a", note="1")
        subject, body, headers = desk.message(sold)
        await desk.put((subject, b"no json", headers))
        subject, body, headers = desk.message(
            made_up.Sold(unit="mty", shelf="b"), **{"ce-type": "mx.gerencia.shop.sold.v9"}
        )
        await desk.put((subject.replace(".v1.", ".v9."), body, headers))
        await desk.put((f"evt.{desk.site}.mty.shop.sold.v1.c", b"{}", {}))
        await desk.tell(made_up.Sold(unit="mty", shelf="d", note="1"))
        await desk.hears(("d", "1"))
        reasons = [message.reason for message in (await desk.parked(program)).messages]
    assert len(reasons) == 3
    assert "the body breaks shop.sold.v1" in reasons[0]
    assert reasons[1] == "nobody here knows the type shop.sold.v9"
    assert reasons[2] == "nobody here knows the type (none)"


async def test_a_state_older_than_the_one_applied_is_ignored(desk: Any, made_up: Any) -> None:
    async with desk.running():
        await desk.tell(made_up.Shelf(unit="mty", shelf="a", note="first"))
        older = desk.message(made_up.Shelf(unit="mty", shelf="a", note="older"))
        newer = desk.message(made_up.Shelf(unit="mty", shelf="a", note="newer"))
        await desk.put(newer, older)
        await desk.hears(("a", "first"), ("a", "newer"))
        await desk.put(older)
        await desk.tell(made_up.Shelf(unit="mty", shelf="a", note="newest"))
        await desk.hears(("a", "first"), ("a", "newer"), ("a", "newest"))


async def test_many_messages_are_handled_together_in_the_order_of_each_entity(
    desk: Any, made_up: Any
) -> None:
    told = [(f"s{n % 7}", str(n)) for n in range(300)]
    messages = [
        desk.message(made_up.Shelf(unit="mty", shelf=shelf, note=note)) for shelf, note in told
    ]
    await desk.put(*messages)
    async with desk.running():
        await desk.hears(*told)
    async with desk.database.working("test") as tx:
        assert await tx.driver.fetchval("SELECT max(size) FROM heard") >= 50


async def test_events_caused_by_a_message_name_it_as_their_cause(desk: Any, made_up: Any) -> None:
    async with desk.running():
        cause = await desk.tell(
            made_up.Sold(unit="mty", shelf="a", note="1"), **{"ce-origin": "import"}
        )
        await desk.hears(("a", "1"))
    async with desk.database.working("test") as tx:
        headers = await tx.driver.fetchval("SELECT headers::text FROM event_log")
    assert f'"ce-causationid":"{cause}"' in headers
    assert '"ce-origin":"import"' in headers


async def test_the_status_says_how_far_each_source_is(desk: Any, made_up: Any) -> None:
    async with desk.running() as program:
        await desk.tell(made_up.Sold(unit="mty", shelf="a", note="1"))
        await desk.hears(("a", "1"))

        async def relayed() -> bool:
            return (await desk.status(program)).relay_lag == 0

        assert await made_up.eventually(relayed)
        status = await desk.status(program)
    (source,) = status.sources
    assert (source.source, source.position, source.pending) == ("shop", 1, 0)
    assert (status.position, status.published, status.parked) == (1, 1, 0)
