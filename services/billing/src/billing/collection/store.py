"""The worklist, contacts and statements in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from billing.batch import Row
from kernel.database import Transaction

# Disputed items, those at an agency and those in a plan that is kept are not asked for.
OVERDUE = """
SELECT i.customer, i.currency, sum(i.open) AS overdue, max($1 - i.due_on) AS oldest_days,
       coalesce(max(s.level), 0) AS level
FROM open_items i LEFT JOIN LATERAL (
    SELECT max(level) AS level FROM dunning_steps x WHERE x.item = i.item
) s ON true
WHERE i.open > 0 AND i.due_on < $1 AND NOT i.disputed AND i.kind IN ('invoice', 'interest', 'fee')
  AND ($2::text IS NULL OR i.company = $2) AND i.item <> ALL ($3::uuid[])
  AND ($4::uuid IS NULL OR i.customer = $4)
  AND NOT EXISTS (SELECT FROM agency_items a WHERE a.item = i.item AND a.current)
GROUP BY i.customer, i.currency
"""

DEBTORS = f"""
SELECT o.*, c.number, c.name, c.company, c.unit, c.owner, p.name AS rep_name,
       t.made_at, t.next_on
FROM ({OVERDUE}) o JOIN customers c USING (customer) LEFT JOIN people p ON p.person = c.owner
LEFT JOIN LATERAL (
    SELECT made_at, next_on FROM contacts t WHERE t.customer = o.customer ORDER BY id DESC LIMIT 1
) t ON true
WHERE $5::uuid IS NULL OR c.owner = $5
"""  # noqa: S608 - one of our own statements


async def debtors(
    tx: Transaction,
    today: date,
    company: str | None,
    planned: Sequence[UUID],
    rep: UUID | None,
) -> Sequence[Row]:
    """Who in scope owes something overdue, by currency, and when they were spoken to last."""
    return await tx.driver.fetch(DEBTORS, today, company, planned, None, rep)


async def overdue_of(tx: Transaction, customer: UUID, currency: str, today: date) -> Decimal:
    """What a customer owes that is overdue and may be asked for."""
    rows = await tx.driver.fetch(OVERDUE, today, None, [], customer)
    return next((row["overdue"] for row in rows if row["currency"] == currency), Decimal(0))


async def add_contact(tx: Transaction, *values: Any) -> None:
    """A contact: id, customer, company, channel, outcome, note, next day, by whom."""
    await tx.driver.execute(
        "INSERT INTO contacts (id, customer, company, channel, outcome, note, next_on, made_by)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        *values,
    )


async def contacts(
    tx: Transaction, customer: UUID, before: UUID | None, limit: int
) -> Sequence[Row]:
    """What was said with a customer, the latest first; ids are ordered by time."""
    return await tx.driver.fetch(
        "SELECT t.*, p.name AS made_by_name FROM contacts t"
        " LEFT JOIN people p ON p.person = t.made_by"
        " WHERE t.customer = $1 AND ($2::uuid IS NULL OR t.id < $2) ORDER BY t.id DESC LIMIT $3",
        customer,
        before,
        limit,
    )


# An allocation moves what is left over to what is owed: it changes nothing of the debt.
MOVEMENTS = """
SELECT e.dated_on, p.kind, d.number, d.due_on, sum(e.amount) AS amount
FROM entries e JOIN postings p ON p.id = e.posting JOIN documents d ON d.id = p.document
WHERE e.customer = $1 AND e.currency = $2 AND e.item IS NOT NULL AND e.dated_on BETWEEN $3 AND $4
GROUP BY e.posting, e.dated_on, p.kind, d.number, d.due_on, p.recorded_at
HAVING sum(e.amount) <> 0 ORDER BY e.dated_on, p.recorded_at, e.posting
"""


async def movements(
    tx: Transaction, customer: UUID, currency: str, start: date, end: date
) -> Sequence[Row]:
    """What changed the debt of a customer, from day to day, both included."""
    return await tx.driver.fetch(MOVEMENTS, customer, currency, start, end)


async def first_day(tx: Transaction, customer: UUID, currency: str) -> date | None:
    """The day of the customer's first movement."""
    day: date | None = await tx.driver.fetchval(
        "SELECT min(dated_on) FROM entries"
        " WHERE customer = $1 AND currency = $2 AND item IS NOT NULL",
        customer,
        currency,
    )
    return day


async def balance_before(tx: Transaction, customer: UUID, currency: str, day: date) -> Decimal:
    """What was owed, less credit, when a day began."""
    amount: Decimal = await tx.driver.fetchval(
        "SELECT coalesce(sum(amount), 0) FROM entries"
        " WHERE customer = $1 AND currency = $2 AND item IS NOT NULL AND dated_on < $3",
        customer,
        currency,
        day,
    )
    return amount


OPEN = """
SELECT i.kind, d.number, i.nth, d.issued_on, i.due_on, sum(e.amount) AS open
FROM entries e JOIN open_items i ON i.item = e.item JOIN documents d ON d.id = i.document
WHERE e.customer = $1 AND e.currency = $2 AND e.dated_on <= $3
GROUP BY i.item, i.kind, d.number, i.nth, d.issued_on, i.due_on
HAVING sum(e.amount) <> 0 ORDER BY i.due_on NULLS LAST, d.issued_on, d.number, i.nth
"""


async def open_items(tx: Transaction, customer: UUID, currency: str, end: date) -> Sequence[Row]:
    """What was open when a day ended; credit is negative."""
    return await tx.driver.fetch(OPEN, customer, currency, end)


async def names(tx: Transaction, customer: UUID) -> Row:
    """What the customer, their branch and the company are called."""
    (row,) = await tx.driver.fetch(
        "SELECT c.number, c.name, u.name AS company_name, b.name AS unit_name FROM customers c"
        " LEFT JOIN units u ON u.unit = c.company LEFT JOIN units b ON b.unit = c.unit"
        " WHERE c.customer = $1",
        customer,
    )
    return row
