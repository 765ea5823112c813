"""Reservations end by the clock."""

from __future__ import annotations

from billing.exposure import commands
from kernel import clock
from kernel.database import Transaction
from kernel.jobs import Jobs

jobs = Jobs()


@jobs.every(seconds=30, name="expire reservations")
async def expire_reservations(tx: Transaction) -> bool:
    """Free the credit of orders that nobody confirmed in time."""
    return await commands.expire_reservations(tx, clock.now())
