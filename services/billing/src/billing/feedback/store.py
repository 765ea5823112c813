"""The accounts of reps at the end of a month, and what they were told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from billing.batch import Row
from billing.receivable import open_on
from contracts.billing.feedback import AccountFeedback
from kernel.database import Transaction

# $2 is the last day of the month, $3 one rep or null, $4 the first days of the buckets.
CUSTOMERS = f"""
WITH {open_on("$2")}
SELECT o.rep, o.customer, c.number, c.name, o.currency,
       CASE width_bucket($2 - o.due_on, $4::int[]) WHEN 0 THEN 0
            ELSE ($4::int[])[width_bucket($2 - o.due_on, $4::int[])] END AS first_day,
       sum(o.open) AS open, max($2 - o.due_on) AS days,
       coalesce(sum(o.open) FILTER (WHERE o.disputed), 0) AS disputed
FROM open_on o LEFT JOIN customers c USING (customer)
WHERE o.rep IS NOT NULL AND ($3::uuid IS NULL OR o.rep = $3)
GROUP BY 1, 2, 3, 4, 5, 6
"""  # noqa: S608 - statements are made of our own names; values are parameters

ITEMS = f"""
WITH {open_on("$2")}, overdue AS (
    SELECT o.*, row_number() OVER (PARTITION BY o.rep ORDER BY o.due_on, o.open DESC, o.item) AS nth
    FROM open_on o
    WHERE o.rep IS NOT NULL AND o.due_on < $2 AND ($3::uuid IS NULL OR o.rep = $3)
)
SELECT o.rep, d.number, o.customer, c.name AS customer_name, d.issued_on, o.due_on,
       $2 - o.due_on AS overdue_days, o.currency, o.open, o.disputed
FROM overdue o JOIN documents d ON d.id = o.document LEFT JOIN customers c ON c.customer = o.customer
WHERE nth <= $4 ORDER BY o.rep, nth
"""  # noqa: S608 - the same


async def customers(
    tx: Transaction, company: str, day: date, rep: UUID | None, first_days: Sequence[int]
) -> Sequence[Row]:
    """What customers owed when a day ended, by rep, customer, currency and first day of a bucket."""
    return await tx.driver.fetch(CUSTOMERS, company, day, rep, list(first_days))


async def items(
    tx: Transaction, company: str, day: date, rep: UUID | None, most: int
) -> Sequence[Row]:
    """The longest overdue items of each rep."""
    return await tx.driver.fetch(ITEMS, company, day, rep, most)


async def people(tx: Transaction, company: str) -> dict[UUID, Row]:
    """The people of a company, by id."""
    rows = await tx.driver.fetch(
        "SELECT person, key, name, company, unit FROM people WHERE company = $1", company
    )
    return {row["person"]: row for row in rows}


async def person(tx: Transaction, id_: UUID) -> Row | None:
    """One person, as far as we have heard of them."""
    return await tx.driver.fetchrow(
        "SELECT person, key, name, company, unit FROM people WHERE person = $1", id_
    )


TO_TELL = """
SELECT u.unit AS company FROM units u LEFT JOIN feedback_months m ON m.company = u.unit
WHERE u.parent IS NULL AND (m.month IS NULL OR m.month < $1) ORDER BY u.unit LIMIT 1
"""


async def next_company(tx: Transaction, month: date) -> str | None:
    """A company whose reps have not been told of a month."""
    company: str | None = await tx.driver.fetchval(TO_TELL, month)
    return company


async def told(tx: Transaction, company: str, month: date) -> None:
    """All reps of a company have been told of a month."""
    await tx.driver.execute(
        "INSERT INTO feedback_months (company, month) VALUES ($1, $2)"
        " ON CONFLICT (company) DO UPDATE SET month = excluded.month",
        company,
        month,
    )


async def keep(tx: Transaction, month: date, made: Sequence[AccountFeedback]) -> None:
    """Keep feedbacks as they are told."""
    await tx.driver.executemany(
        "INSERT INTO account_feedbacks (id, company, unit, rep, month, body)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        [
            (one.feedback, one.company, one.unit, one.rep, month, one.model_dump_json())
            for one in made
        ],
    )


async def kept(tx: Transaction, rep: UUID, month: date) -> AccountFeedback | None:
    """A feedback as it was told, if the asking person may see it."""
    body = await tx.driver.fetchval(
        "SELECT body FROM account_feedbacks WHERE rep = $1 AND month = $2", rep, month
    )
    return None if body is None else AccountFeedback.model_validate_json(body)


async def listed(tx: Transaction, company: str, month: date) -> Sequence[Row]:
    """The feedbacks told for a month that the asking person may see."""
    return await tx.driver.fetch(
        "SELECT f.id, f.rep, f.unit, p.name FROM account_feedbacks f"
        " LEFT JOIN people p ON p.person = f.rep WHERE f.company = $1 AND f.month = $2"
        " ORDER BY p.name NULLS LAST, f.rep",
        company,
        month,
    )
