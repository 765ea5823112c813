"""Acknowledgements go out a few times a second, the last one always."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from nats.errors import ConnectionClosedError

from kernel import pull
from kernel.pull import Acks


class Message:
    """A message that counts its acknowledgements."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.acked = 0
        self.fault = fault

    async def ack(self) -> None:
        self.acked += 1
        if self.fault:
            raise self.fault


def messages(many: int) -> list[Any]:
    return [cast("Any", Message()) for _ in range(many)]


async def test_only_the_last_of_a_burst_is_acknowledged(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pull, "ACK_SECONDS", 0.02)
    burst = messages(3)
    async with Acks() as acks:
        for message in burst:
            acks.later(message)
        await asyncio.sleep(0.1)
        assert [message.acked for message in burst] == [0, 0, 1]
        acks.later(burst[0])
        await asyncio.sleep(0.1)
        assert burst[0].acked == 1


async def test_what_is_still_due_at_the_end_is_acknowledged():
    [last] = messages(1)
    async with Acks() as acks:
        acks.later(last)
    assert last.acked == 1


async def test_a_broker_that_is_away_does_not_end_the_following():
    async with Acks() as acks:
        acks.later(cast("Any", Message(ConnectionClosedError())))
