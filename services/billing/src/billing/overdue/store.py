"""Which invoices are overdue, and which day was looked at last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from billing.batch import Row
from kernel.database import Transaction

# Locked, so that a payment that arrives in this moment is seen or has to wait.
NEWLY = """
UPDATE open_items i SET overdue_on = $1 FROM documents d
WHERE d.id = i.document AND i.item IN (
    SELECT item FROM open_items
    WHERE open > 0 AND live AND kind = 'invoice' AND overdue_on IS NULL AND due_on < $1
    ORDER BY item LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING d.id, d.number, d.company, d.unit, d.rep, d.customer, i.due_on, i.nth, i.currency, i.open
"""


async def last_day(tx: Transaction) -> date | None:
    """The last business day that was looked at."""
    day: date | None = await tx.driver.fetchval("SELECT day FROM overdue_cursor")
    return day


async def looked_at(tx: Transaction, day: date) -> None:
    """This day is done, as far as is known now."""
    await tx.driver.execute(
        "INSERT INTO overdue_cursor (day) VALUES ($1) ON CONFLICT (one) DO UPDATE SET day = $1",
        day,
    )


async def newly_overdue(tx: Transaction, day: date, at_most: int) -> Sequence[Row]:
    """Invoices issued here that are open after their due day and not yet told; now they are."""
    return await tx.driver.fetch(NEWLY, day, at_most)
