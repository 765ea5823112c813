"""Many rows in one statement: what a batch of messages and an import are written with."""

# ruff: noqa: S608 - statements are made of our own names; values are parameters

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

from kernel.database import Row, Transaction

__all__ = ["Row", "arrays", "insert_many", "plan_for"]

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


MANY = 20
"""From so many rows on, statements are planned for the tables as they are now."""


async def plan_for(tx: Transaction, rows: int) -> None:
    """Plan the statements of this transaction anew when they are about many rows.

    A plan that was kept since the tables were almost empty reads them from end to end.
    """
    if rows >= MANY:
        await tx.driver.execute("SET LOCAL plan_cache_mode = force_custom_plan")


async def insert_many(
    tx: Transaction,
    table: Table,
    columns: tuple[str, ...],
    rows: Sequence[tuple[Any, ...]],
    ending: str = "",
) -> None:
    """Insert rows in one statement, one array per column, under the table's policies.

    Args:
        ending: an ON CONFLICT clause.
    """
    if rows:
        await tx.driver.execute(_insert(table, columns, ending), *zip(*rows, strict=True))


@cache
def _insert(table: Table, columns: tuple[str, ...], ending: str) -> str:
    names = ", ".join(columns)
    return f"INSERT INTO {table.name} ({names}) SELECT * FROM {arrays(table, columns)} {ending}"


def arrays(table: Table, columns: Sequence[str], first: int = 1) -> str:
    """Parameters $1, $2 … as the columns of a set of rows.

    >>> from billing.tables import balances
    >>> arrays(balances, ("customer", "reserved"))
    'unnest($1::UUID[], $2::NUMERIC[])'
    """
    types = [table.c[name].type.compile(_DIALECT) for name in columns]
    given = ", ".join(f"${place}::{kind}[]" for place, kind in enumerate(types, first))
    return f"unnest({given})"
