"""What an operator can ask of every service."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.client import OPERATOR, RemoteProblem
from kernel.ops import CaughtUp, Reconcile, Replay, ShowParked, Verify


async def test_a_whole_log_has_no_violation_and_nothing_to_send_again(
    desk: Any, made_up: Any
) -> None:
    async with desk.running() as program:
        await desk.tell(made_up.Sold(unit="mty", shelf="a", note="1"))
        await desk.hears(("a", "1"))

        async def relayed() -> bool:
            return (await desk.status(program)).published == 1

        assert await made_up.eventually(relayed)
        verified = await program.client.ask(Verify(), OPERATOR, service="desk")
        assert verified.violations == []
        done = (await program.client.send(Reconcile(), OPERATOR, service="desk")).value
        assert (done.busy, done.published, list(done.sent_again)) == (False, 1, [])


async def test_a_replay_from_the_owner_brings_what_never_came_and_repeats_nothing(
    desk: Any, made_up: Any
) -> None:
    async with desk.running() as program, desk.serving_shop() as shop:
        async with shop.database.working("test") as tx:
            tx.announce(made_up.Sold(unit="mty", shelf="a", note="1"))
            tx.announce(made_up.Sold(unit="mty", shelf="a", note="2"))
        await desk.hears(("a", "1"), ("a", "2"))
        async with desk.database.working("lose one") as tx:
            await tx.driver.execute("DELETE FROM heard WHERE note = '2'")
            await tx.driver.execute("DELETE FROM inbox WHERE position = 2")
        asked = Replay(source="shop")
        assert (await program.client.send(asked, OPERATOR, service="desk")).value.count == 2
        await desk.hears(("a", "1"), ("a", "2"))


async def test_a_parked_message_is_shown_as_it_came(desk: Any, made_up: Any) -> None:
    async with desk.running() as program:
        subject, _, headers = desk.message(made_up.Sold(unit="mty", shelf="a"))
        await desk.put((subject, b"no \xff json", headers))

        async def is_parked() -> bool:
            return (await desk.parked(program)).total == 1

        assert await made_up.eventually(is_parked)
        (message,) = (await desk.parked(program)).messages
        shown = await program.client.ask(ShowParked(id=message.id), OPERATOR, service="desk")
    assert shown.body == "no \\xff json"
    assert shown.headers["ce-id"] == str(message.id)


async def test_being_caught_up_is_told_and_waited_for(desk: Any, made_up: Any) -> None:
    async with desk.running() as program:
        await desk.tell(made_up.Sold(unit="mty", shelf="a", note="1"))
        asked = CaughtUp(source="shop", position=1, wait_seconds=5)
        assert (await program.client.ask(asked, OPERATOR, service="desk")).caught_up
        later = CaughtUp(source="shop", position=2)
        assert not (await program.client.ask(later, OPERATOR, service="desk")).caught_up
        other = CaughtUp(source="elsewhere", position=2)
        answer = await program.client.ask(other, OPERATOR, service="desk")
        assert (answer.caught_up, answer.listens) == (True, False)


async def test_tools_are_for_administrators(desk: Any) -> None:
    from dataclasses import replace

    ana = replace(OPERATOR, roles=frozenset({"manager"}))
    async with desk.running() as program:
        with pytest.raises(RemoteProblem) as problem:
            await program.client.ask(Verify(), ana, service="desk")
    assert problem.value.status == 403
