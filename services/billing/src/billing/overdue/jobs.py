"""The daily look at what is overdue; often enough that a new day does not wait."""

from __future__ import annotations

from billing.overdue import commands
from kernel import clock
from kernel.database import Transaction
from kernel.jobs import Jobs

jobs = Jobs()


@jobs.every(seconds=10, name="tell overdue invoices")
async def tell_overdue(tx: Transaction) -> bool:
    """Tell what became overdue by today."""
    return await commands.tell_overdue(tx, clock.today())
