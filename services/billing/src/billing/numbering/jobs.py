"""The short step that numbers documents after they are posted."""

from __future__ import annotations

from billing.numbering import commands
from kernel.database import Transaction
from kernel.jobs import Jobs

jobs = Jobs()

AT_ONCE = 500


@jobs.every(seconds=0.5, name="number documents")
async def number_documents(tx: Transaction) -> bool:
    """Number what was posted; nobody who issues a document ever waits for it."""
    return await commands.number_documents(tx, AT_ONCE) == AT_ONCE
