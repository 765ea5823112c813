"""Two relays lead at once, and neither the broker nor the epoch stops one of them."""

from __future__ import annotations

import asyncio
import copy
from typing import Any

from planting import after_import


@after_import("kernel.batches")
def unfenced(batches: Any) -> None:
    batches._expecting = lambda _: {}


@after_import("kernel.relay")
def both_lead(relay: Any) -> None:
    relay.LEAD = relay.LEAD.replace("epoch = epoch + 1", "epoch = epoch")
    run = relay.Relay.run

    async def at_once(self: Any, driver: Any) -> None:
        """Nobody waits for the lock."""

    async def twice(self: Any) -> None:
        twin = copy.copy(self)
        twin._woken = asyncio.Event()
        self._database.on_announced.append(twin.wake)
        await asyncio.gather(run(self), run(twin))

    relay.Relay._follow = at_once
    relay.Relay.run = twice
