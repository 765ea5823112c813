"""Looking at promises and plans whose day has passed."""

from __future__ import annotations

from billing.promises import commands
from kernel import clock
from kernel.database import Transaction
from kernel.jobs import Jobs

jobs = Jobs()


@jobs.every(seconds=30, name="tell broken promises")
async def tell_broken_promises(tx: Transaction) -> bool:
    """Tell what was promised and not paid."""
    return await commands.tell_broken_promises(tx, clock.today())


@jobs.every(seconds=30, name="tell broken plans")
async def tell_broken_plans(tx: Transaction) -> bool:
    """Tell which instalment was missed."""
    return await commands.tell_broken_plans(tx, clock.today())
