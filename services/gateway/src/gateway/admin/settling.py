"""Waiting until everything that happened has had all its effects.

Each service's log is waited for until the broker has it all, and then each other service until
it has taken that in; which may have made it tell something itself, so the round is made again
until nothing new was told in a whole round. What a service does by the clock (legal numbers,
reservations that expire, commissions counted anew after a plan changed) is not waited for.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from gateway.admin.refusals import NotSettled
from kernel.client import OPERATOR, RemoteProblem
from kernel.ops import CaughtUp, Status, StatusAnswer

if TYPE_CHECKING:
    from kernel.client import Client

SERVICES = ("customers", "billing", "targets", "gateway", "notifications")
"""In the order in which most news travels, so that one round is usually enough."""
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
            positions = {service: await self._taken_in(service) for service in self.services}
            if positions == before:
                return positions
            before = positions

    async def _taken_in(self, source: str) -> int:
        position = await self._relayed(source)
        others = [service for service in self.services if service != source]
        waits = [
            asyncio.create_task(self._caught_up(service, source, position)) for service in others
        ]
        try:
            await asyncio.gather(*waits)  # no TaskGroup: the refusal must come out as it is
        finally:
            for wait in waits:
                wait.cancel()
        return position

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
        wait = ONE_WAIT_SECONDS
        while True:
            left = max(0.1, min(wait, self._ends - time.monotonic()))
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
