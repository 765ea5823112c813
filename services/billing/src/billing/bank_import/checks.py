"""What must never be between statements, their entries and the payments that came of them."""

from __future__ import annotations

from kernel.database import Transaction

NOT_ITS_PAYMENT = """
SELECT e.key FROM bank_entries e LEFT JOIN documents d ON d.id = e.payment AND d.kind = 'payment'
WHERE e.state IN ('matched', 'returned')
  AND (d.id IS NULL OR d.customer <> e.customer OR coalesce(d.tendered, d.gross) <> abs(e.amount))
"""

PAID_TWICE = """
SELECT max(key) FROM bank_entries WHERE payment IS NOT NULL GROUP BY payment, state
HAVING count(*) > 1
"""

ENTRIES_MISSING = """
SELECT s.key FROM bank_statements s LEFT JOIN bank_entries e ON e.statement = s.id
GROUP BY s.id HAVING count(e.id) <> s.entries
"""

NOT_FINISHED = """
SELECT s.key FROM bank_statements s WHERE s.matched_at IS NOT NULL
  AND EXISTS (SELECT FROM bank_entries e WHERE e.statement = s.id AND e.state = 'new')
"""

CHECKS = {
    "a bank entry and its payment are not of one customer and amount": NOT_ITS_PAYMENT,
    "two bank entries are one payment": PAID_TWICE,
    "a bank statement does not have the entries that it came with": ENTRIES_MISSING,
    "a bank statement is said to be matched and is not": NOT_FINISHED,
}


async def statements_are_whole(tx: Transaction) -> list[str]:
    """What is wrong with bank statements; nothing when all is well."""
    return [
        f"{wrong}: {row[0]}"
        for wrong, sql in CHECKS.items()
        for row in await tx.driver.fetch(f"{sql} LIMIT 20")
    ]
