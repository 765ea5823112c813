"""A request gets one answer: what was asked, a refusal in words, or when to come again."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from kernel.client import RemoteProblem
from kernel.scope import Principal

ANA = Principal(uuid4(), uuid4(), frozenset({"rep"}), ("mty",), own_only=False, locale="en")


async def notes(desk: Any) -> int:
    async with desk.database.working("test") as tx:
        return int(await tx.driver.fetchval("SELECT count(*) FROM notes"))


async def announced(desk: Any) -> int:
    async with desk.database.working("test") as tx:
        return int(await tx.driver.fetchval("SELECT count(*) FROM event_log"))


async def test_a_command_is_answered_with_the_mark_of_its_event(desk: Any, made_up: Any) -> None:
    async with desk.running() as program:
        answer = await program.client.send(made_up.Note(text="hi"), ANA)
    async with desk.database.working("test") as tx:
        event: UUID = await tx.driver.fetchval("SELECT id FROM event_log")
    assert (answer.value.notes, answer.mark) == (1, f"desk:{event}")


async def test_a_person_sees_what_is_in_their_units_and_no_more(desk: Any, made_up: Any) -> None:
    bob = replace(ANA, units=("gdl",))
    own = replace(ANA, person=uuid4(), own_only=True)
    async with desk.running() as program:
        await program.client.send(made_up.Note(text="hi"), ANA)
        seen = [
            (await program.client.ask(made_up.Count(), who)).notes for who in (ANA, bob, own, ANA)
        ]
    assert seen == [1, 0, 0, 1]


async def test_nobody_writes_outside_their_units(desk: Any, made_up: Any) -> None:
    async with desk.running() as program:
        with pytest.raises(RemoteProblem) as problem:
            await program.client.send(made_up.Note(text="hi", unit="gdl"), ANA)
    assert problem.value.status == 500
    assert await notes(desk) == 0


async def test_the_same_key_gets_the_same_answer_and_one_effect(desk: Any, made_up: Any) -> None:
    async with desk.running() as program:
        first = await program.client.send(made_up.Note(text="hi"), ANA, key="k")
        await program.client.send(made_up.Note(text="other"), ANA, key="other")
        again = await program.client.send(made_up.Note(text="hi"), ANA, key="k")
        assert again == first
        bob = replace(ANA, user=uuid4())
        other = await program.client.send(made_up.Note(text="hi"), bob, key="k")
    assert other.value.notes == 3
    assert await notes(desk) == await announced(desk) == 3


async def test_the_same_key_with_another_body_is_refused(desk: Any, made_up: Any) -> None:
    async with desk.running() as program:
        await program.client.send(made_up.Note(text="hi"), ANA, key="k")
        with pytest.raises(RemoteProblem) as problem:
            await program.client.send(made_up.Note(text="ho"), ANA, key="k")
    assert (problem.value.status, problem.value.code) == (422, "request.key-used-differently")
    assert await notes(desk) == 1


async def test_a_key_whose_first_request_still_runs_is_refused(desk: Any, made_up: Any) -> None:
    slow = made_up.Note(text="hi", trouble="slow")
    async with desk.running() as program:
        first = asyncio.create_task(program.client.send(slow, ANA, key="k"))
        await asyncio.sleep(0.2)
        with pytest.raises(RemoteProblem) as problem:
            await program.client.send(slow, ANA, key="k")
        assert (problem.value.status, problem.value.code) == (409, "request.still-running")
        await first
        assert await program.client.send(slow, ANA, key="k") == await first
    assert await notes(desk) == 1


async def test_a_refusal_is_kept_with_its_key_and_leaves_no_effect(desk: Any, made_up: Any) -> None:
    refused = made_up.Note(text="hi", trouble="refused")
    async with desk.running() as program:
        for _ in range(2):
            with pytest.raises(RemoteProblem) as problem:
                await program.client.send(refused, ANA, key="k")
            assert (problem.value.status, problem.value.code) == (404, "request.not-found")
            assert problem.value.problem["detail"] == (
                "There is no shelf hi, or it is outside your scope."
            )
    assert await notes(desk) == await announced(desk) == 0
    async with desk.database.working("test") as tx:
        assert await tx.driver.fetchval("SELECT count(*) FROM idempotency") == 1


async def test_a_defect_is_told_with_its_reference_and_leaves_nothing(
    desk: Any, made_up: Any
) -> None:
    async with desk.running() as program:
        with pytest.raises(RemoteProblem) as problem:
            await program.client.send(made_up.Note(text="hi", trouble="defect"), ANA, key="k")
        assert (problem.value.status, problem.value.code) == (500, "request.failed")
        assert UUID(problem.value.problem["reference"])
    assert await notes(desk) == await announced(desk) == 0


async def test_a_request_over_its_deadline_is_undone(desk: Any, made_up: Any) -> None:
    async with desk.running() as program:
        with pytest.raises(RemoteProblem) as problem:
            await program.client.send(made_up.Note(text="hi", trouble="slow"), ANA, timeout=0.2)
        assert (problem.value.status, problem.value.code) == (504, "request.too-late")
        await asyncio.sleep(0.6)
    assert await notes(desk) == 0


async def test_a_role_that_may_not_a_wrong_body_and_an_unknown_operation_are_refused(
    desk: Any, made_up: Any
) -> None:
    director = replace(ANA, roles=frozenset({"director"}), locale="es")
    async with desk.running() as program:
        with pytest.raises(RemoteProblem) as problem:
            await program.client.send(made_up.Note(text="hi"), director)
        assert (problem.value.status, problem.value.code) == (403, "access.not-your-role")
        assert problem.value.problem["title"] == "Su función no permite hacer esto"
        wrong = await program.client.forward("desk", "note", b'{"txt": 1}', ANA)
        assert wrong.status == 422
        assert b'"field":"txt"' in wrong.body
        unknown = await program.client.forward("desk", "fly", b"{}", ANA)
        assert unknown.status == 404


async def test_who_is_too_many_is_told_so_at_once(
    desk: Any, made_up: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kernel.answering.IN_LINE", 5)
    monkeypatch.setattr("kernel.answering.AT_A_TIME", 2)
    async with desk.running() as program:

        async def ask() -> int:
            body = made_up.Count(seconds=0.2).model_dump_json().encode()
            return int((await program.client.forward("desk", "count", body, ANA)).status)

        found = await asyncio.gather(*(ask() for _ in range(12)))
    assert sorted(found) == [200] * 5 + [503] * 7


async def test_a_service_that_is_down_is_told_apart_from_one_that_is_late(desk: Any) -> None:
    async with desk.running() as program:
        nobody = await program.client.forward("nobody", "count", b"{}", ANA)
    assert nobody.status == 503
    assert b"request.unavailable" in nobody.body


async def test_a_question_waits_for_what_must_be_known_to_it(desk: Any, made_up: Any) -> None:
    async with desk.running() as program:
        first = await desk.tell(made_up.Sold(unit="mty", shelf="a", note="1"))
        await program.client.ask(made_up.Count(), ANA, after=f"shop:{first}:1")
        assert await desk.heard() == [("a", "1")]
        with pytest.raises(RemoteProblem) as problem:
            await program.client.ask(made_up.Count(), ANA, after=f"shop:{uuid4()}:2", timeout=0.5)
        assert (problem.value.status, problem.value.code) == (503, "request.not-there-yet")


async def test_a_position_is_reached_although_what_has_it_is_not_for_us(
    desk: Any, made_up: Any
) -> None:
    async with desk.running() as program:
        await desk.tell(made_up.Sold(unit="mty", shelf="a", note="1"))
        subject, body, headers = desk.message(made_up.Sold(unit="mty", shelf="a"))
        headers["ce-type"] = "mx.gerencia.shop.moved.v1"
        await desk.put((subject.replace("sold", "moved"), body, headers))
        await program.client.ask(made_up.Count(), ANA, after=f"shop:{uuid4()}:2")
        assert await desk.heard() == [("a", "1")]


async def test_stopping_answers_the_request_that_is_being_done(desk: Any, made_up: Any) -> None:
    client = made_up.Client(desk.nats, site=desk.site)
    async with desk.running():
        asked = asyncio.create_task(client.ask(made_up.Count(seconds=0.4), ANA))
        await asyncio.sleep(0.15)
    assert (await asked).notes == 0
