"""Limits and their history in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import insert, select

from billing.batch import Row
from billing.exposure.store import AccountRow
from billing.tables import limit_changes
from kernel.database import Transaction
from kernel.ids import uuid7
from kernel.money import Money


@dataclass(frozen=True, slots=True)
class Change:
    """A line of the history of a customer's credit."""

    kind: str
    before: Money | None = None
    after: Money | None = None
    until: date | None = None
    source: str | None = None
    by: UUID | None = None
    reason: str = ""


KEEP = """
UPDATE credit_accounts
SET limit_amount = $2, temporary_amount = $3, temporary_until = $4, blocked = $5
WHERE customer = $1
"""


async def keep(tx: Transaction, account: AccountRow, change: Change) -> None:
    """The limits and blocks that hold from now on, and a line of their history."""
    await tx.driver.execute(
        KEEP,
        account.customer,
        _amount(account.lasting),
        _amount(account.temporary),
        account.until,
        list(account.blocked),
    )
    row = {
        "id": uuid7(),
        "customer": account.customer,
        "currency": account.currency,
        "kind": change.kind,
        "before": _amount(change.before),
        "after": _amount(change.after),
        "until": change.until,
        "source": change.source,
        "changed_by": change.by,
        "reason": change.reason,
    }
    await tx.execute(insert(limit_changes).values(**row))


def _amount(limit: Money | None) -> Decimal | None:
    return None if limit is None else limit.amount


async def ended(tx: Transaction, today: date, at_most: int) -> list[UUID]:
    """Customers whose temporary limit is over; not locked yet."""
    rows = await tx.driver.fetch(
        "SELECT customer FROM credit_accounts WHERE temporary_until < $1 LIMIT $2", today, at_most
    )
    return [row["customer"] for row in rows]


async def changes(
    tx: Transaction, customer: UUID, before: UUID | None, limit: int
) -> Sequence[Row]:
    """The history of a limit, the latest first; ids are ordered by time."""
    columns = limit_changes.c
    query = select(limit_changes).where(columns.customer == customer)
    if before is not None:
        query = query.where(columns.id < before)
    done = await tx.execute(query.order_by(columns.id.desc()).limit(limit))
    return done.mappings().all()
