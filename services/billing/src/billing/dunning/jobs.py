"""Runs are processed in the background, a part at a time."""

from __future__ import annotations

from billing.dunning import commands
from kernel import clock
from kernel.database import Transaction
from kernel.jobs import Jobs

jobs = Jobs()


@jobs.every(seconds=2, name="process dunning runs")
async def process_runs(tx: Transaction) -> bool:
    """The next customers of a run; nobody is reminded twice, however often it is interrupted."""
    return await commands.process(tx, clock.now())


@jobs.every(seconds=5, name="release who paid")
async def release_who_paid(tx: Transaction) -> None:
    """Who owes nothing at a blocking level any more gets credit again."""
    await commands.release_paid(tx, clock.today())
