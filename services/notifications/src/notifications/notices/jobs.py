"""Looking again for people who were not known when something happened."""

from __future__ import annotations

from kernel import clock
from kernel.database import Transaction
from kernel.jobs import Jobs
from notifications.notices.commands import try_again

jobs = Jobs()


@jobs.every(seconds=1.0, name="tell who was not known")
async def tell_who_was_not_known(tx: Transaction) -> bool:
    """Try once more what waits for somebody to be known."""
    return await try_again(tx, now=clock.now())
