"""Waiting until everything that happened has had all its effects.

In a round each service's log is waited for until the broker has it all, and then every other
service until it has taken that in; which may have made it tell something itself. So rounds are
made until no log has grown since the round before: then everybody knows everything. What a
service does by the clock (legal numbers, reservations that expire, commissions counted anew
after a plan changed) is not waited for.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from gateway.admin.refusals import NotSettled
from kernel.client import OPERATOR, RemoteProblem
from kernel.ops import CaughtUp, Status, StatusAnswer

if TYPE_CHECKING:
    from kernel.client import Client

T = TypeVar("T")
SERVICES = ("customers", "billing", "targets", "gateway", "notifications")
"""Whoever tells or hears something."""
LOOK_AGAIN_SECONDS = 0.05
ONE_WAIT_SECONDS = 5.0


class Settling:
    """One wait, until the deadline.

    Args:
        seconds: how long at most.
    """

    def __init__(self, client: Client, seconds: float) -> None:
        self.client = client
        self.services = SERVICES
        self._ends = time.monotonic() + seconds

    async def settled(self) -> dict[str, int]:
        """The position of every log, all of which everybody knows.

        Raises:
            NotSettled: something is still on its way at the deadline.
        """
        before: dict[str, int] | None = None
        while True:
            found = await _all(self._relayed(service) for service in self.services)
            positions = dict(zip(self.services, found, strict=True))
            if positions == before:
                return positions
            before = positions
            await _all(
                self._caught_up(service, source, position)
                for source, position in positions.items()
                for service in self.services
                if service != source
            )

    async def _relayed(self, service: str) -> int:
        while True:
            status = await self._status(service)
            if status is not None and status.relay_lag == 0:
                return status.position
            lag = "an answer" if status is None else f"the relay, {status.relay_lag} events behind"
            await self._pause(service, lag)

    async def _status(self, service: str) -> StatusAnswer | None:
        try:
            return await self.client.ask(Status(), OPERATOR, service=service, timeout=2)
        except RemoteProblem:
            return None

    async def _caught_up(self, service: str, source: str, position: int) -> None:
        while True:
            left = max(0.1, min(ONE_WAIT_SECONDS, self._ends - time.monotonic()))
            asked = CaughtUp(source=source, position=position, wait_seconds=left)
            try:
                answer = await self.client.ask(asked, OPERATOR, service=service, timeout=left + 2)
                if answer.caught_up:
                    return
            except RemoteProblem:
                pass
            await self._pause(service, f"{source} {position}")

    async def _pause(self, service: str, waiting_for: str) -> None:
        if time.monotonic() >= self._ends:
            raise NotSettled(service, waiting_for)
        await asyncio.sleep(LOOK_AGAIN_SECONDS)


async def _all(waits: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """All results; the first refusal comes out as it is (a TaskGroup would wrap it)."""
    tasks = [asyncio.create_task(wait) for wait in waits]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
