"""Many rows in one statement: what a batch of messages and an import are written with."""

# ruff: noqa: S608 - statements are made of this service's own names; values are parameters
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from kernel.database import Transaction


@dataclass(frozen=True)
class Sheet:
    """A table as rows are put into it: its key, and the type of each column.

    >>> Sheet("products", ("company", "key"), {"company": "text", "key": "text"}).arrays
    'unnest($1::text[], $2::text[])'
    """

    table: str
    key: tuple[str, ...]
    columns: dict[str, str] = field(hash=False)

    @property
    def names(self) -> str:
        """The columns, as SQL lists them."""
        return ", ".join(self.columns)

    @property
    def arrays(self) -> str:
        """Parameters $1, $2 … as the columns of a set of rows."""
        given = (f"${place}::{kind}[]" for place, kind in enumerate(self.columns.values(), 1))
        return f"unnest({', '.join(given)})"

    @cached_property
    def put(self) -> str:
        """Insert rows, change those that differ, and tell which were added and which changed."""
        free = [name for name in self.columns if name not in self.key]
        old = ", ".join(f"kept.{name}" for name in free)
        new = ", ".join(f"excluded.{name}" for name in free)
        return (
            f"INSERT INTO {self.table} AS kept ({self.names}) SELECT * FROM {self.arrays}"
            f" ON CONFLICT ({', '.join(self.key)}) DO UPDATE SET ({', '.join(free)}) = ROW({new})"
            f" WHERE ROW({old}) IS DISTINCT FROM ROW({new})"
            f" RETURNING {', '.join(f'kept.{name}' for name in self.key)}, kept.xmax = 0 AS added"
        )

    @property
    def add(self) -> str:
        """Insert rows; those whose key is there already stay as they are."""
        return (
            f"INSERT INTO {self.table} ({self.names}) SELECT * FROM {self.arrays}"
            f" ON CONFLICT DO NOTHING RETURNING {', '.join(self.key)}"
        )


@dataclass(frozen=True)
class Done:
    """The keys that a `put` added and changed; all others were as they should be already."""

    added: frozenset[Any]
    changed: frozenset[Any]

    @property
    def all(self) -> frozenset[Any]:
        """Added or changed."""
        return self.added | self.changed


async def put(tx: Transaction, sheet: Sheet, rows: Iterable[Sequence[Any]]) -> Done:
    """Make the table say what the rows say, in one statement under the table's policies.

    Keys are given as the last column of the key, which is the one that differs in a batch.
    """
    given = list(rows)
    if not given:
        return Done(frozenset(), frozenset())
    found = await tx.driver.fetch(sheet.put, *zip(*given, strict=True))
    last = sheet.key[-1]
    added = frozenset(row[last] for row in found if row["added"])
    return Done(added, frozenset(row[last] for row in found) - added)


async def add(tx: Transaction, sheet: Sheet, rows: Iterable[Sequence[Any]]) -> list[Any]:
    """Insert the rows that are not there yet, in one statement; returns the keys of those."""
    given = list(rows)
    if not given:
        return []
    found = await tx.driver.fetch(sheet.add, *zip(*given, strict=True))
    return [row[sheet.key[-1]] for row in found]
