"""The daily look at which credit is to be looked at again."""

from __future__ import annotations

from billing.assessment import commands
from kernel import clock
from kernel.database import Transaction
from kernel.jobs import Jobs

jobs = Jobs()


@jobs.every(seconds=60, name="tell credit reviews")
async def tell_due(tx: Transaction) -> bool:
    """Tell which reviews are due by today."""
    return await commands.tell_due(tx, clock.today())
