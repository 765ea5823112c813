"""Series and the numbers they gave."""

from __future__ import annotations

from collections.abc import Sequence

from billing.batch import Row
from kernel.database import Transaction

# Posting order is that of transactions, then of documents in one. Only documents below which no
# transaction is still running are numbered, so that none is overtaken; one beyond the present
# count of transactions came with a restored database and is long done.
# A series begins with its first document; its row is locked until the numbers are given.
NUMBER = """
WITH due AS MATERIALIZED (
    SELECT posted, document, company, unit, kind,
           row_number() OVER (PARTITION BY company, unit, kind ORDER BY tx, posted) AS nth
    FROM unnumbered
    WHERE tx < pg_snapshot_xmin(pg_current_snapshot())
       OR tx >= pg_snapshot_xmax(pg_current_snapshot())
    ORDER BY tx, posted LIMIT $1
), counted AS (
    SELECT company, unit, kind, count(*) AS n FROM due GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
), moved AS (
    INSERT INTO series AS s (company, unit, kind, last) SELECT * FROM counted
    ON CONFLICT (company, unit, kind) DO UPDATE SET last = s.last + excluded.last
    RETURNING company, unit, kind, last
), given AS (
    INSERT INTO legal_numbers (document, company, unit, kind, number)
    SELECT document, company, unit, kind, last - n + nth
    FROM due JOIN counted USING (company, unit, kind) JOIN moved USING (company, unit, kind)
    RETURNING document, company, unit, kind, number
), gone AS (
    DELETE FROM unnumbered USING due WHERE unnumbered.posted = due.posted
)
SELECT document, company, unit, kind, number FROM given ORDER BY company, unit, kind, number
"""


async def number_documents(tx: Transaction, at_most: int) -> Sequence[Row]:
    """Give the next numbers of their series to documents in posting order."""
    return await tx.driver.fetch(NUMBER, at_most)
