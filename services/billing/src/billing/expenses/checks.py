"""What must never be about expenses, and how what is derived is made anew."""

# ruff: noqa: S608 - statements are made of our own names; values are parameters

from __future__ import annotations

from kernel.database import Transaction

# What every budget's running sums are made of: open commitments, and claims by their state.
REBUILT = """
SELECT unit, category, month, currency, sum(committed) AS committed, sum(actual) AS actual
FROM (
    SELECT unit, category, month, currency, open AS committed, 0 AS actual
    FROM expense_commitments
    UNION ALL
    SELECT l.unit, l.category, date_trunc('month', l.spent_on)::date, c.currency,
           CASE c.state WHEN 'submitted' THEN l.amount ELSE 0 END,
           CASE c.state WHEN 'approved' THEN l.amount ELSE 0 END
    FROM expense_lines l JOIN expense_claims c ON c.id = l.claim
) parts GROUP BY unit, category, month, currency
"""

DIFFER = f"""
SELECT unit || ' ' || category || ' ' || to_char(month, 'YYYY-MM')
FROM budgets b FULL JOIN ({REBUILT}) r USING (unit, category, month, currency)
WHERE (coalesce(b.committed, 0), coalesce(b.actual, 0))
   IS DISTINCT FROM (coalesce(r.committed, 0), coalesce(r.actual, 0))
LIMIT 20
"""

REBUILD = f"""
UPDATE budgets b SET committed = coalesce(r.committed, 0), actual = coalesce(r.actual, 0)
FROM budgets x LEFT JOIN ({REBUILT}) r USING (unit, category, month, currency)
WHERE (b.unit, b.category, b.month, b.currency) = (x.unit, x.category, x.month, x.currency)
"""


async def budgets_add_up(tx: Transaction) -> list[str]:
    """Budgets whose running sums are not those of their commitments and claims."""
    rows = await tx.driver.fetch(DIFFER)
    return [f"a budget differs from its expenses: {row[0]}" for row in rows]


async def rebuild(tx: Transaction) -> None:
    """Make the running sums of every budget anew; what was planned stays."""
    await tx.driver.execute("LOCK TABLE budgets IN SHARE ROW EXCLUSIVE MODE")
    await tx.driver.execute(REBUILD)
