"""One process of a service at a time: whoever holds an advisory lock of the session.

The order of each entity's events is kept by reading a source in one place. The database gives
the lock to another process the moment the holder's connection ends, however it ended.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable
from typing import Any

import asyncpg

from kernel.logs import logger

LOOK_SECONDS = 1.0

log = logger("kernel.turn")


class Turn:
    """A lock that this process waits for, holds, and may lose."""

    def __init__(self, dsn: str, name: str) -> None:
        self._dsn = dsn
        self._name = name
        self._connection: asyncpg.Connection[Any] | None = None
        self.lost = asyncio.Event()

    async def take(self) -> None:
        """Wait until it is this process's turn."""
        while not await self._tried():  # noqa: ASYNC110 - the database is asked, not an event
            await asyncio.sleep(LOOK_SECONDS)
        self.lost.clear()

    async def give_back(self) -> None:
        """Let another process go on."""
        connection, self._connection = self._connection, None
        if connection is not None and not connection.is_closed():
            await connection.close(timeout=2)

    async def _tried(self) -> bool:
        try:
            if self._connection is None or self._connection.is_closed():
                self._connection = await self._connected()
            lock = "SELECT pg_try_advisory_lock(hashtextextended('turn/' || $1, 0))"
            mine: bool = await self._connection.fetchval(lock, self._name)
            return mine
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as away:
            log.info("the database is not there yet", error=repr(away))
            return False

    async def _connected(self) -> asyncpg.Connection[Any]:
        connection = await asyncpg.connect(
            self._dsn,
            timeout=5,
            statement_cache_size=0,
            server_settings={"application_name": f"turn: {self._name}"},
        )
        connection.add_termination_listener(lambda _: self.lost.set())
        return connection


async def first_of(*waits: Awaitable[Any]) -> None:
    """Wait for the first of several; those that were not tasks before are given up."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await cancelled([task for task, wait in zip(tasks, waits, strict=True) if task is not wait])


async def cancelled(tasks: Iterable[asyncio.Future[Any]]) -> None:
    """Cancel tasks until they have ended.

    More than once, for `asyncio.wait_for` of Python 3.11, which nats-py uses everywhere, swallows
    a cancellation that comes together with what was waited for.
    """
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=0.5)
