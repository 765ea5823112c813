"""Limits and their history in the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

from billing.batch import Row
from billing.tables import credit_accounts, limit_changes
from kernel.database import Transaction
from kernel.money import Money


async def set_limit(tx: Transaction, customer: UUID, limit: Money | None) -> None:
    """The limit that holds from now on."""
    amount = None if limit is None else limit.amount
    mine = credit_accounts.c.customer == customer
    await tx.execute(update(credit_accounts).where(mine).values(limit_amount=amount))


async def note_change(tx: Transaction, change: Mapping[str, Any]) -> None:
    """A line of the history of a limit."""
    await tx.execute(insert(limit_changes).values(**change))


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
