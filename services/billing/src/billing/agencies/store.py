"""Cases of agencies in the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from billing.agencies.rules import Overdue
from billing.batch import Row
from kernel.database import Transaction
from kernel.money import Money

TO_HAND_OVER = """
SELECT i.item, i.open, i.currency FROM open_items i
WHERE i.customer = $1 AND i.open > 0 AND i.due_on < $2 AND NOT i.disputed
  AND i.kind IN ('invoice', 'interest', 'fee')
  AND NOT EXISTS (SELECT FROM agency_items a WHERE a.item = i.item AND a.current)
ORDER BY i.due_on, i.item
"""


async def overdue(tx: Transaction, customer: UUID, today: date) -> list[Overdue]:
    """What of a customer may be handed over."""
    rows = await tx.driver.fetch(TO_HAND_OVER, customer, today)
    return [Overdue(row["item"], Money(row["open"], row["currency"])) for row in rows]


async def add_case(tx: Transaction, values: tuple[Any, ...], items: Sequence[Overdue]) -> None:
    """A case: id, customer, company, agency, reference, reason, currency, amount, day, by whom."""
    await tx.driver.execute(
        "INSERT INTO agency_cases (id, customer, company, agency, reference, reason, currency,"
        " amount, handed_on, handed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        *values,
    )
    await tx.driver.executemany(
        "INSERT INTO agency_items (agency_case, customer, item, open) VALUES ($1, $2, $3, $4)",
        [(values[0], values[1], each.item, each.open.amount) for each in items],
    )


async def customer_of(tx: Transaction, case: UUID) -> UUID | None:
    """Whose case it is; None when it is not there, or out of scope."""
    customer: UUID | None = await tx.driver.fetchval(
        "SELECT customer FROM agency_cases WHERE id = $1", case
    )
    return customer


async def close_case(tx: Transaction, case: UUID, by: UUID, on: date, reason: str) -> bool:
    """Close a case; False when it was closed before."""
    done = await tx.driver.execute(
        "UPDATE agency_cases SET closed_by = $2, closed_on = $3, closing_reason = $4"
        " WHERE id = $1 AND closed_on IS NULL",
        case,
        by,
        on,
        reason,
    )
    await tx.driver.execute("UPDATE agency_items SET current = false WHERE agency_case = $1", case)
    return bool(done == "UPDATE 1")


CASES = """
SELECT c.*, array_agg(a.item ORDER BY i.due_on, a.item) AS items, sum(i.open) AS still_open
FROM agency_cases c JOIN agency_items a ON a.agency_case = c.id JOIN open_items i USING (item)
WHERE ($1::uuid IS NULL OR c.customer = $1) AND ($2::uuid IS NULL OR c.id = $2)
GROUP BY c.id ORDER BY c.handed_on DESC, c.id DESC
"""


async def cases(
    tx: Transaction, customer: UUID | None = None, case: UUID | None = None
) -> Sequence[Row]:
    """The cases of a customer, the latest first, or one of them."""
    return await tx.driver.fetch(CASES, customer, case)


async def items_at_agencies(tx: Transaction, customers: Collection[UUID]) -> set[UUID]:
    """What of these customers is at an agency."""
    rows = await tx.driver.fetch(
        "SELECT item FROM agency_items WHERE customer = ANY ($1) AND current", list(customers)
    )
    return {row["item"] for row in rows}
