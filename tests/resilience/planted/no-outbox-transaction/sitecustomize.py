"""Events are committed on their own, a moment before the change that made them."""

from __future__ import annotations

import asyncio
from typing import Any

from planting import after_import

MOMENT_SECONDS = 0.25  # long enough that a kill falls into it, whatever the seed


@after_import("kernel.log")
def apart(log: Any) -> None:
    async def append(driver: Any, rows: Any) -> None:
        import asyncpg

        login = driver._params
        host, port = driver._addr
        own = await asyncpg.connect(
            host=host,
            port=port,
            user=login.user,
            password=login.password,
            database=login.database,
        )
        try:
            await own.execute(log.APPEND, *map(list, zip(*rows, strict=True)))
        finally:
            await own.close()
        await asyncio.sleep(MOMENT_SECONDS)

    log.append = append
