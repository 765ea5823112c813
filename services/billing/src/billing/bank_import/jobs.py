"""The step that finds out whose payment each new entry is."""

from __future__ import annotations

from billing.bank_import import commands
from kernel.database import Transaction
from kernel.jobs import Jobs

jobs = Jobs()

AT_ONCE = 400
"""So many entries, and their customers' accounts locked for so long, are one transaction."""


@jobs.every(seconds=1.0, name="match bank entries")
@jobs.every(seconds=1.0, name="match bank entries as well")  # while the first waits for its answer
async def match_bank_entries(tx: Transaction) -> bool:
    """Match what was imported; it goes on where it was when the process is killed."""
    return await commands.match_next(tx, AT_ONCE)
