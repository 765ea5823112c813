"""Ageing in SQL: what was open at the end of a day, from the entries up to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from billing.batch import Row
from kernel.database import Transaction

# What an invoice owed on a day is the sum of its receivable entries dated on or before it.
AGEING = """
WITH open AS (
    SELECT item, sum(amount) AS open FROM entries
    WHERE account = 'receivable' AND company = $1 AND dated_on <= $2
    GROUP BY item HAVING sum(amount) <> 0
), aged AS (
    SELECT d.customer, d.unit, d.rep, d.currency, open.open, $2 - d.due_on AS days
    FROM open JOIN documents d ON d.id = open.item
)
SELECT {id} AS id, {name} AS name, aged.currency,
       coalesce(sum(open) FILTER (WHERE days <= 0), 0) AS current,
       coalesce(sum(open) FILTER (WHERE days BETWEEN 1 AND 30), 0) AS d1_30,
       coalesce(sum(open) FILTER (WHERE days BETWEEN 31 AND 60), 0) AS d31_60,
       coalesce(sum(open) FILTER (WHERE days BETWEEN 61 AND 90), 0) AS d61_90,
       coalesce(sum(open) FILTER (WHERE days > 90), 0) AS over_90,
       sum(open) AS total, count(*) AS invoices
FROM aged {named}
GROUP BY {group}, aged.currency
"""

BY = {
    None: AGEING.format(
        id="u.key",
        name="u.name",
        named="LEFT JOIN units u ON u.unit = $1",
        group="u.key, u.name",
    ),
    "unit": AGEING.format(
        id="coalesce(u.key, aged.unit)",
        name="u.name",
        named="LEFT JOIN units u USING (unit)",
        group="aged.unit, u.key, u.name",
    ),
    "customer": AGEING.format(
        id="coalesce(c.number, aged.customer::text)",
        name="c.name",
        named="LEFT JOIN customers c USING (customer)",
        group="aged.customer, c.number, c.name",
    ),
    "rep": AGEING.format(
        id="coalesce(p.key, aged.rep::text)",
        name="p.name",
        named="LEFT JOIN people p ON p.person = aged.rep",
        group="aged.rep, p.key, p.name",
    ),
}


async def aged(tx: Transaction, company: str, as_of: date, by: str | None) -> Sequence[Row]:
    """Open amounts by days overdue at the end of a day, of what the asking person may see."""
    return await tx.driver.fetch(BY[by], company, as_of)
