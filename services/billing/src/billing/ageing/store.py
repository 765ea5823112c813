"""Ageing in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache

from billing.batch import Row
from billing.receivable import grouped, owed_on
from kernel.database import Transaction

SINCE = {
    "due": ("o.due_on", "owed_on o"),
    "invoice": ("d.issued_on", "owed_on o JOIN documents d ON d.id = o.document"),
}


@cache
def statement(by: str | None, basis: str) -> str:
    """The statement of an ageing: $1 company, $2 day, $3 the first days of its buckets."""
    since, source = SINCE[basis]
    return grouped(
        [owed_on("$2")],
        source,
        by,
        ["sum(o.open) AS open", "sum(o.items) AS items"],
        [f"width_bucket($2 - {since}, $3::int[]) AS bucket"],
    )


async def aged(
    tx: Transaction,
    company: str,
    as_of: date,
    by: str | None,
    basis: str,
    first_days: Sequence[int],
) -> Sequence[Row]:
    """Open amounts by bucket, of what the asking person may see: 0 is before the first day."""
    return await tx.driver.fetch(statement(by, basis), company, as_of, list(first_days))
