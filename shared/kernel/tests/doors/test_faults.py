"""What goes away comes back, and nothing is lost or counted twice meanwhile."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from gerencia.servers.nats import NatsServer
from kernel import pull, service, turn, watchdog
from kernel.client import OPERATOR


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pull, "SILENCE_SECONDS", 2.0)
    monkeypatch.setattr(pull, "EXPIRES_SECONDS", 1.0)
    monkeypatch.setattr(turn, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(watchdog, "LOOK_SECONDS", 0.2)


async def sell(desk: Any, made_up: Any, *notes: str) -> list[tuple[str, str]]:
    for note in notes:
        await desk.tell(made_up.Sold(unit="mty", shelf="a", note=note))
    return [("a", note) for note in notes]


async def test_a_consumer_that_is_deleted_is_made_anew(desk: Any, made_up: Any) -> None:
    async with desk.running():
        told = await sell(desk, made_up, "1", "2")
        await desk.hears(*told)
        await desk.nats.jetstream().delete_consumer(f"evt-{desk.site}-shop", "desk")
        told += await sell(desk, made_up, "3", "4")
        await desk.hears(*told, seconds=5)


async def test_a_stream_that_is_lost_and_filled_again_is_heard_once(
    desk: Any, made_up: Any
) -> None:
    messages = [desk.message(made_up.Sold(unit="mty", shelf="a", note=str(n))) for n in range(10)]
    told = [("a", str(n)) for n in range(10)]
    async with desk.running():
        await desk.put(*messages[:6])
        await desk.hears(*told[:6])
        await desk.nats.jetstream().delete_stream(f"evt-{desk.site}-shop")
        await asyncio.sleep(0.3)
        await desk.declare_stream()
        await desk.put(*messages)
        await desk.hears(*told, seconds=8)


async def test_a_watchdog_makes_a_silent_consumer_anew(
    desk: Any, made_up: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Deaf(pull.Puller):
        deaf = 1

        async def _arrived(self, message: Any) -> None:
            if Deaf.deaf and message.data:
                return
            await super()._arrived(message)

    monkeypatch.setattr("kernel.consumer.Puller", Deaf)
    monkeypatch.setattr(pull, "SILENCE_SECONDS", 60.0)
    async with desk.running() as program:
        told = await sell(desk, made_up, "1")
        consumer = program.following.consumers["shop"]
        remade: list[int] = []
        remake = consumer.remake

        def noticed() -> None:
            remade.append(1)
            Deaf.deaf = 0
            remake()

        monkeypatch.setattr(consumer, "remake", noticed)
        await desk.hears(*told, seconds=8)
        assert remade


async def test_the_program_ends_when_nothing_helps(
    desk: Any, made_up: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(self: Any, messages: Any) -> None:
        return None

    monkeypatch.setattr("kernel.consumer.Consumer._take", nothing)
    monkeypatch.setattr(watchdog, "LAST_LOOKS", 4)
    async with desk.running() as program:
        await sell(desk, made_up, "1")
        await asyncio.wait_for(program.failed.wait(), 8)


@pytest_asyncio.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Any]:
    with NatsServer(tmp_path / "nats") as server:
        yield server


def kill(server: NatsServer) -> None:
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    server.stop()


async def test_a_broker_that_is_killed_and_comes_back_is_followed_again(
    database: Any, broker: Any, site: str, made_up: Any
) -> None:
    nats = await made_up.connected(broker.url)
    desk = made_up.Desk(database, nats, broker.url, site)
    await desk.declare_stream()
    async with desk.running() as program:
        told = await sell(desk, made_up, "1")
        await desk.hears(*told)
        kill(broker)
        await asyncio.sleep(0.5)
        broker.start()
        told += await sell(desk, made_up, "2")
        await desk.hears(*told, seconds=8)
        status = await desk.status(program)
        assert status.parked == 0
    await nats.close()


async def test_a_broker_that_lost_its_disk_is_followed_again(
    database: Any, broker: Any, site: str, made_up: Any
) -> None:
    nats = await made_up.connected(broker.url)
    desk = made_up.Desk(database, nats, broker.url, site)
    await desk.declare_stream()
    messages = [desk.message(made_up.Sold(unit="mty", shelf="a", note=str(n))) for n in range(4)]
    told = [("a", str(n)) for n in range(4)]
    async with desk.running():
        await desk.put(*messages[:3])
        await desk.hears(*told[:3])
        kill(broker)
        shutil.rmtree(broker.data / "store")
        broker.start()
        await made_up.eventually(lambda: _declared(desk))
        await desk.put(*messages)
        await desk.hears(*told, seconds=8)
    await nats.close()


async def _declared(desk: Any) -> bool:
    try:
        await desk.declare_stream()
    except Exception:  # noqa: BLE001 - the broker is not there yet
        return False
    return True


async def test_a_database_whose_connections_all_break_is_used_again_and_nothing_is_parked(
    desk: Any, made_up: Any, postgres: Any
) -> None:
    async with desk.running() as program:
        told = await sell(desk, made_up, "1")
        await desk.hears(*told)
        for nth in range(3):
            await _break_connections(postgres.admin_dsn, desk.database.dsns.worker)
            told += await sell(desk, made_up, f"after {nth}")
        await desk.hears(*told, seconds=10)
        status = await program.client.ask(made_up.Status(), OPERATOR, service="desk", timeout=5)
        assert status.parked == 0
        assert not program.failed.is_set()


async def _break_connections(admin_dsn: str, dsn: str) -> None:
    import asyncpg

    admin = await asyncpg.connect(admin_dsn)
    await admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1",
        dsn.rpartition("/")[2],
    )
    await admin.close()


async def test_a_program_waits_for_a_broker_that_is_not_there_yet(
    database: Any, broker: Any, site: str, made_up: Any
) -> None:
    nats = await made_up.connected(broker.url)
    desk = made_up.Desk(database, nats, broker.url, site)
    kill(broker)
    starting = desk.running()
    entering = asyncio.create_task(starting.__aenter__())
    await asyncio.sleep(0.5)
    assert not entering.done()
    broker.start()
    program = await asyncio.wait_for(entering, 8)
    assert (await desk.status(program)).parked == 0
    await starting.__aexit__(None, None, None)
    await nats.close()


async def test_another_process_takes_over_when_one_ends(desk: Any, made_up: Any) -> None:
    async with desk.running():
        async with desk.running():
            told = await sell(desk, made_up, "1")
            await desk.hears(*told)
        told += await sell(desk, made_up, "2")
        await desk.hears(*told)
    async with desk.running(), desk.running():
        told += await sell(desk, made_up, "3")
        await desk.hears(*told)


async def test_what_the_stream_lost_is_sent_again_without_being_asked(
    desk: Any, made_up: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "RECONCILE_SECONDS", 0.2)
    seller = replace(OPERATOR, roles=frozenset({"rep"}), units=("mty",))
    stream, jetstream = f"evt-{desk.site}-desk", desk.nats.jetstream()

    async def has(messages: int) -> bool:
        return bool((await jetstream.stream_info(stream)).state.messages == messages)

    async with desk.running() as program:
        for text in ("1", "2", "3"):
            await program.client.send(made_up.Note(text=text), seller)
        assert await made_up.eventually(lambda: has(3))
        await jetstream.delete_msg(stream, 2)
        assert await made_up.eventually(lambda: has(3))
