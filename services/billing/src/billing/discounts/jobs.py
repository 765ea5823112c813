"""Requests that nobody decided in time."""

from __future__ import annotations

from billing.discounts import commands
from kernel import clock
from kernel.database import Transaction
from kernel.jobs import Jobs

jobs = Jobs()


@jobs.every(seconds=60, name="let discounts expire")
async def let_expire(tx: Transaction) -> bool:
    """Take what is past its last day out of the inbox."""
    return await commands.let_expire(tx, clock.today())
