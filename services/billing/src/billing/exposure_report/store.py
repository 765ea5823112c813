"""Exposure and its peaks in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from billing.batch import Row
from kernel.database import Transaction

# A temporary limit holds up to and including its last day.
NOW = """
WITH shown AS (
    SELECT c.number, c.name, b.*, b.receivable - b.unallocated + b.ordered + b.reserved AS used,
           CASE WHEN a.currency <> b.currency THEN NULL
                WHEN a.temporary_until >= $2 THEN a.temporary_amount
                ELSE a.limit_amount END AS bound
    FROM credit_accounts a JOIN balances b USING (customer) LEFT JOIN customers c USING (customer)
    WHERE a.company = $1
)
SELECT *, bound - used AS available FROM shown
WHERE (receivable, unallocated, ordered, reserved) <> (0, 0, 0, 0)
ORDER BY used DESC, number, customer, currency
"""

# The balance at the end of a day with movements is the sum of all up to it; of the days on which
# it was highest the earliest counts.
PEAKS = """
WITH daily AS (
    SELECT customer, currency, dated_on, sum(amount) AS moved FROM entries
    WHERE company = $1 AND item IS NOT NULL GROUP BY customer, currency, dated_on
), running AS (
    SELECT customer, currency, dated_on,
           sum(moved) OVER (PARTITION BY customer, currency ORDER BY dated_on) AS owed
    FROM daily
), peaks AS (
    SELECT DISTINCT ON (customer, currency) customer, currency, owed AS peak, dated_on AS on_day
    FROM running ORDER BY customer, currency, owed DESC, dated_on
)
SELECT c.number, c.name, peaks.currency, peak, on_day
FROM peaks LEFT JOIN customers c USING (customer)
WHERE peak > $2 ORDER BY peak DESC, number, customer, currency
"""


async def exposures(tx: Transaction, company: str, today: date) -> Sequence[Row]:
    """What customers use of their credit, who uses most first."""
    return await tx.driver.fetch(NOW, company, today)


async def peaks(tx: Transaction, company: str, above: Decimal) -> Sequence[Row]:
    """The most that each customer owed at the end of a day, the highest first."""
    return await tx.driver.fetch(PEAKS, company, above)
