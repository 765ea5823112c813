"""Temporary limits end by the clock."""

from __future__ import annotations

from billing.limits import commands
from kernel import clock
from kernel.database import Transaction
from kernel.jobs import Jobs

jobs = Jobs()


@jobs.every(seconds=60, name="end temporary limits")
async def end_temporary_limits(tx: Transaction) -> bool:
    """End the temporary limits whose last day is over."""
    return await commands.end_temporary_limits(tx, clock.today())
