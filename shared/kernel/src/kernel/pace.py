"""A pace: what comes close together is done together.

A batch costs its transaction, its sync of the disk and its acknowledgement, however small it is.
So the first of a burst is done at once, and what follows within the pace is gathered meanwhile.
"""

from __future__ import annotations

import asyncio


class Pace:
    """Lets a loop turn at most once in so many seconds; a rare turn never waits."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._next = 0.0

    async def keep(self) -> None:
        """Wait for the next turn, if the last one was a moment ago."""
        clock = asyncio.get_running_loop().time
        if (left := self._next - clock()) > 0:
            await asyncio.sleep(left)
        self._next = clock() + self._seconds
