"""What must never be about expenses: budgets say what claims and commitments add up to."""

from __future__ import annotations

from kernel.database import Transaction

DIFFER = """
SELECT coalesce(b.unit, r.unit) || ' ' || coalesce(b.category, r.category) || ' '
       || to_char(coalesce(b.month, r.month), 'YYYY-MM')
FROM budgets b FULL JOIN (
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
) r USING (unit, category, month, currency)
WHERE (coalesce(b.committed, 0), coalesce(b.actual, 0))
   IS DISTINCT FROM (coalesce(r.committed, 0), coalesce(r.actual, 0))
LIMIT 20
"""


async def budgets_add_up(tx: Transaction) -> list[str]:
    """Budgets whose running sums are not those of their commitments and claims."""
    rows = await tx.driver.fetch(DIFFER)
    return [f"a budget differs from its expenses: {row[0]}" for row in rows]
