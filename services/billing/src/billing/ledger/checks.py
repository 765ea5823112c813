"""What must never be: each check names what it finds, and `rebuild` mends what is derived."""

# ruff: noqa: S608 - statements are made of our own names; values are parameters

from __future__ import annotations

from kernel.database import Transaction

UNBALANCED = """
SELECT posting::text || ' by ' || sum(amount) FROM entries
GROUP BY posting, currency HAVING sum(amount) <> 0
"""

NOT_POSTED = """
SELECT d.number FROM documents d LEFT JOIN postings p ON p.document = d.id AND p.kind = d.kind
WHERE p.id IS NULL AND d.gross <> 0
"""

ORPHANS = """
SELECT posting::text FROM entries LEFT JOIN postings ON postings.id = entries.posting
WHERE postings.id IS NULL
"""

# Everything that a customer's balance is made of, from the entries and the orders.
REBUILT = """
SELECT customer, currency, sum(receivable) AS receivable, sum(unallocated) AS unallocated,
       sum(ordered) AS ordered, sum(reserved) AS reserved
FROM (
    SELECT customer, currency,
           CASE WHEN account = 'receivable' THEN amount ELSE 0 END AS receivable,
           CASE WHEN account = 'unallocated' THEN -amount ELSE 0 END AS unallocated,
           0 AS ordered, 0 AS reserved
    FROM entries WHERE item IS NOT NULL
    UNION ALL
    SELECT customer, currency, 0, 0,
           CASE WHEN state = 'ordered' THEN open ELSE 0 END,
           CASE WHEN state = 'reserved' THEN open ELSE 0 END
    FROM commitments WHERE open > 0
) parts GROUP BY customer, currency
"""

BALANCES_DIFFER = f"""
SELECT coalesce(b.customer, r.customer)::text
FROM balances b FULL JOIN ({REBUILT}) r USING (customer, currency)
WHERE (coalesce(b.receivable, 0), coalesce(b.unallocated, 0), coalesce(b.ordered, 0),
       coalesce(b.reserved, 0))
   IS DISTINCT FROM (coalesce(r.receivable, 0), coalesce(r.unallocated, 0),
                     coalesce(r.ordered, 0), coalesce(r.reserved, 0))
"""

ITEMS = """
SELECT item, abs(sum(amount)) AS open FROM entries WHERE item IS NOT NULL GROUP BY item
"""

ITEMS_DIFFER = f"""
SELECT i.item::text FROM open_items i LEFT JOIN ({ITEMS}) e USING (item)
WHERE i.open <> coalesce(e.open, 0)
"""

ITEMS_MISSING = """
SELECT DISTINCT e.item::text FROM entries e LEFT JOIN open_items i USING (item)
WHERE e.item IS NOT NULL AND i.item IS NULL
"""

# As of no day was less than nothing owed on an item, nor more taken from a credit than there was.
OVERDRAWN = """
SELECT item::text || ' on ' || dated_on FROM (
    SELECT item, account, dated_on,
           sum(sum(amount)) OVER (PARTITION BY item, account ORDER BY dated_on) AS open
    FROM entries WHERE item IS NOT NULL GROUP BY item, account, dated_on
) days WHERE CASE account WHEN 'receivable' THEN open < 0 ELSE open > 0 END
"""

REVERSED_STANDS = """
SELECT r.payment::text FROM reversals r JOIN open_items i ON i.item = r.payment WHERE i.open <> 0
"""

CREDIT_DIFFERS = """
SELECT coalesce(b.customer, u.customer)::text FROM (
    SELECT customer, currency, receivable - unallocated + ordered + reserved AS used FROM balances
) b FULL JOIN (
    SELECT customer, currency, sum(used) AS used FROM (
        SELECT customer, currency, CASE WHEN kind IN ('payment', 'credit-note') THEN -open ELSE open END AS used
        FROM open_items
        UNION ALL SELECT customer, currency, open FROM commitments
    ) parts GROUP BY customer, currency
) u USING (customer, currency) WHERE coalesce(b.used, 0) <> coalesce(u.used, 0)
"""

NUMBERS_MISSING = """
SELECT company || ' ' || unit || ' ' || kind || ': ' || count(n.number) || ' of ' || s.last
FROM series s LEFT JOIN legal_numbers n USING (company, unit, kind)
GROUP BY company, unit, kind, s.last
HAVING count(n.number) <> s.last OR min(n.number) <> 1 OR max(n.number) <> s.last
"""

CHECKS = {
    "a posting does not balance": UNBALANCED,
    "a document is not posted": NOT_POSTED,
    "an entry belongs to no posting": ORPHANS,
    "a balance is not what its entries and orders make": BALANCES_DIFFER,
    "an open item is not what its entries make": ITEMS_DIFFER,
    "an entry is about no item": ITEMS_MISSING,
    "an item was settled before it could be": OVERDRAWN,
    "a payment was taken back and is still there": REVERSED_STANDS,
    "credit used is not open documents and orders": CREDIT_DIFFERS,
    "a series of legal numbers has a gap": NUMBERS_MISSING,
}
SHOWN = 10


async def ledger_is_whole(tx: Transaction) -> list[str]:
    """Everything that is wrong with the ledger and what is derived from it; best nothing."""
    wrong = []
    for what, query in CHECKS.items():
        rows = await tx.driver.fetch(f"{query} LIMIT {SHOWN}")
        wrong += [f"{what}: {row[0]}" for row in rows]
    return wrong


async def rebuild(tx: Transaction) -> None:
    """Make balances and open items anew from the entries and orders they are derived from."""
    await tx.driver.execute("LOCK TABLE credit_accounts IN SHARE ROW EXCLUSIVE MODE")
    await tx.driver.execute(
        "UPDATE balances SET receivable = 0, unallocated = 0, ordered = 0, reserved = 0"
    )
    await tx.driver.execute(
        f"INSERT INTO balances (customer, currency, receivable, unallocated, ordered, reserved)"
        f" {REBUILT} ON CONFLICT (customer, currency) DO UPDATE SET"
        " receivable = excluded.receivable, unallocated = excluded.unallocated,"
        " ordered = excluded.ordered, reserved = excluded.reserved"
    )
    await tx.driver.execute(
        f"UPDATE open_items SET open = e.open FROM ({ITEMS}) e"
        " WHERE e.item = open_items.item AND e.open <> open_items.open"
    )
