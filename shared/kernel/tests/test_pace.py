"""What comes close together is done together, and a single thing at once."""

from __future__ import annotations

import asyncio

from kernel.pace import Pace


async def test_the_first_turn_does_not_wait_and_the_second_keeps_the_pace():
    clock, pace = asyncio.get_running_loop().time, Pace(0.05)
    began = clock()
    await pace.keep()
    assert clock() - began < 0.04
    await pace.keep()
    assert clock() - began >= 0.05


async def test_a_turn_after_a_pause_does_not_wait():
    clock, pace = asyncio.get_running_loop().time, Pace(0.05)
    await pace.keep()
    await asyncio.sleep(0.06)
    began = clock()
    await pace.keep()
    assert clock() - began < 0.04
