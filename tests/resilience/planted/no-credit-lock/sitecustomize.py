"""A credit account is read without its lock, by whoever thinks about it for a moment."""

from __future__ import annotations

import asyncio
from typing import Any

from planting import after_import

MOMENT_SECONDS = 0.3


@after_import("billing.exposure.store")
def unlocked(store: Any) -> None:
    read = store.accounts

    async def accounts(tx: Any, customers: Any, *, lock: bool) -> Any:
        found = await read(tx, customers, lock=False)
        if lock:
            await asyncio.sleep(MOMENT_SECONDS)
        return found

    store.accounts = accounts
