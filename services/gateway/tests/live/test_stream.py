from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
import pytest

from contracts.billing.limit_changed import LimitChangedV1
from contracts.notifications.notification_created import NotificationCreatedV1
from gateway.live.rules import News
from kernel.ids import uuid7

from ..conftest import ANA, BEN, Gateway


def limit(unit: str) -> LimitChangedV1:
    return LimitChangedV1(customer=uuid7(), company="acme", unit=unit, limit=None, changed_by=None)


def note(person: UUID) -> NotificationCreatedV1:
    return NotificationCreatedV1(
        notification=uuid7(), person=person, topic="order-held", unit="mty"
    )


@asynccontextmanager
async def page(
    gateway: Gateway, token: str, last: str | None = None
) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    """An open page: its events as they come, the first one being that it is ready."""
    headers = {"Last-Event-ID": last} if last else {}
    async with (
        gateway.client(token) as client,
        client.stream("GET", "/api/v1/live", headers=headers) as answer,
    ):
        assert answer.status_code == 200
        yield events(answer)


async def events(answer: httpx.Response) -> AsyncIterator[dict[str, Any]]:
    told: dict[str, Any] = {}
    async for line in answer.aiter_lines():
        name, _, value = line.partition(": ")
        if not line and "event" in told:
            yield told
            told = {}
        elif name == "data":
            told["data"] = json.loads(value)
        elif name:
            told[name] = value


async def following(stream: AsyncIterator[dict[str, Any]]) -> dict[str, Any]:
    return await asyncio.wait_for(anext(stream), 5)


async def test_a_page_hears_of_its_own_branch_and_of_no_other(gateway: Gateway):
    token = await gateway.user("ana", ("manager", "mty"))
    async with page(gateway, token) as stream:
        assert (await following(stream))["event"] == "ready"
        await gateway.tell(limit("gdl"), limit("mty-7"))
        heard = await following(stream)
    assert heard["event"] == "billing.limit-changed"
    assert heard["data"]["unit"] == "mty-7"
    assert heard["data"]["customer"] == heard["data"]["entity"]
    assert "limit" not in heard["data"]


async def test_a_notification_reaches_its_person_only(gateway: Gateway):
    anas = await gateway.user("ana", ("rep", "mty"), person=ANA)
    bens = await gateway.user("ben", ("director", "acme"), person=BEN)
    async with page(gateway, anas) as ana, page(gateway, bens) as ben:
        await following(ana)
        await following(ben)
        await gateway.tell(note(ANA), person=ANA)
        await gateway.tell(limit("mty"))
        assert (await following(ana))["event"] == "notifications.notification-created"
        assert (await following(ben))["event"] == "billing.limit-changed"


async def test_a_page_that_was_away_hears_what_it_missed_in_its_scope(gateway: Gateway):
    token = await gateway.user("ana", ("manager", "mty"))
    async with page(gateway, token) as stream:
        last = (await following(stream))["id"]
    await gateway.tell(limit("mty"), limit("gdl"), limit("mty-7"))
    await asyncio.sleep(0.5)
    async with page(gateway, token, last) as stream:
        heard = [await following(stream) for _ in range(3)]
    assert [one["event"] for one in heard[:2]] == ["billing.limit-changed"] * 2
    assert {one["data"]["unit"] for one in heard[:2]} == {"mty", "mty-7"}
    assert heard[2]["event"] == "ready"


async def test_a_page_of_before_a_restart_is_told_to_ask_anew(gateway: Gateway):
    token = await gateway.user("ana", ("manager", "mty"))
    async with page(gateway, token, "anotherboot-12") as stream:
        assert [(await following(stream))["event"] for _ in range(2)] == ["ready", "reset"]


async def test_without_a_session_there_is_no_stream(gateway: Gateway):
    async with gateway.client("") as nobody:
        answer = await nobody.get("/api/v1/live")
    assert answer.status_code == 401


async def test_a_revoked_session_ends_the_stream(gateway: Gateway, monkeypatch: Any):
    monkeypatch.setattr("gateway.live.stream.HEARTBEAT_SECONDS", 0.2)
    token = await gateway.user("ana", ("manager", "mty"))
    async with gateway.client(token) as ana, page(gateway, token) as stream:
        await following(stream)
        (mine,) = (await ana.get("/api/v1/tokens")).json()["items"]
        await ana.delete(f"/api/v1/tokens/{mine['id']}")
        with pytest.raises(StopAsyncIteration):
            await following(stream)


async def test_a_page_that_is_too_slow_is_let_go(gateway: Gateway):
    from gateway.live.hub import QUEUE, Hub
    from kernel.scope import Principal

    hub = Hub(gateway.program.nats, "nowhere")
    who = Principal(ANA, ANA, frozenset({"manager"}), ("mty",), own_only=False)
    async with hub.page(who) as slow:
        for number in range(QUEUE):
            hub.tell(News(str(number), "billing.limit-changed.v1", "mty", "c", None, ""))
        assert not slow.dropped.is_set()
        hub.tell(News("one more", "billing.limit-changed.v1", "mty", "c", None, ""))
        assert slow.dropped.is_set()
