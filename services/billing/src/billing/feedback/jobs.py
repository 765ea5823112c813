"""The first look into a month tells of the one before."""

from __future__ import annotations

from billing.feedback import commands
from kernel import clock
from kernel.database import Transaction
from kernel.jobs import Jobs

jobs = Jobs()


@jobs.every(seconds=60, name="tell account feedback")
async def tell_month(tx: Transaction) -> bool:
    """Tell reps of the month that is over."""
    return await commands.tell_month(tx, clock.today())
