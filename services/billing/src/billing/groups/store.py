"""Groups and their limits' history in the database."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Column, Numeric, Table, Text, Uuid

from billing.batch import Row
from billing.tables import metadata
from kernel.database import Transaction
from kernel.ids import uuid7
from kernel.money import Money

credit_groups = Table(
    "credit_groups",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("company", Text),
    Column("unit", Text),
    Column("name", Text),
    Column("currency", Text),
    Column("limit_amount", Numeric),
)

PUT = """
INSERT INTO credit_groups (id, company, unit, name, currency, limit_amount)
VALUES ($1, $2, $3, $4, $5, 0) ON CONFLICT DO NOTHING
"""
RENAME = "UPDATE credit_groups SET unit = $2, name = $3 WHERE id = $1"


async def put(
    tx: Transaction, group: UUID, where: tuple[str, str], name: str, currency: str
) -> None:
    """A new group without credit, or another name or unit for one that is there.

    Args:
        where: company and unit.
    """
    company, unit = where
    await tx.driver.execute(PUT, group, company, unit, name, currency)
    await tx.driver.execute(RENAME, group, unit, name)


LIMIT = """
WITH before AS (SELECT id, limit_amount FROM credit_groups WHERE id = $1 FOR UPDATE),
changed AS (UPDATE credit_groups g SET limit_amount = $2 FROM before WHERE g.id = before.id
    RETURNING g.*)
INSERT INTO group_limit_changes (id, group_id, company, unit, currency, before, after,
                                 changed_by, reason)
SELECT $3, c.id, c.company, c.unit, c.currency, b.limit_amount, c.limit_amount, $4, $5
FROM changed c JOIN before b USING (id)
"""


async def set_limit(
    tx: Transaction, group: UUID, limit: Money | None, by: UUID, reason: str
) -> None:
    """The limit that a group has from now on, and a line of its history."""
    amount = None if limit is None else limit.amount
    await tx.driver.execute(LIMIT, group, amount, uuid7(), by, reason)


CHANGES = """
SELECT * FROM group_limit_changes
WHERE group_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3
"""


async def changes(tx: Transaction, group: UUID, before: UUID | None, limit: int) -> Sequence[Row]:
    """The history of a group's limit, the latest first; ids are ordered by time."""
    return await tx.driver.fetch(CHANGES, group, before, limit)


async def put_in(tx: Transaction, customer: UUID, group: UUID | None) -> None:
    """The group whose limit a customer shares from now on."""
    await tx.driver.execute(
        "UPDATE credit_accounts SET group_id = $2 WHERE customer = $1", customer, group
    )


MEMBERS = """
SELECT a.customer, c.number, c.name
FROM credit_accounts a LEFT JOIN customers c USING (customer)
WHERE a.group_id = $1 ORDER BY c.name, a.customer
"""


async def members(tx: Transaction, group: UUID) -> Sequence[Row]:
    """The customers of a group that the asking person may see."""
    return await tx.driver.fetch(MEMBERS, group)


LISTED = """
SELECT id, name FROM credit_groups
WHERE ($1::text IS NULL OR company = $1) AND ($2::text IS NULL OR (name, id) > ($2, $3::uuid))
ORDER BY name, id LIMIT $4
"""


async def listed(
    tx: Transaction, company: str | None, after: tuple[str, UUID] | None, limit: int
) -> Sequence[Row]:
    """Groups by name."""
    return await tx.driver.fetch(LISTED, company, *(after or (None, None)), limit)
