"""How the tree of units is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from gateway.organisation.tree import Unit
from gateway.tables import units

if TYPE_CHECKING:
    from kernel.database import Transaction


async def save(tx: Transaction, given: Sequence[Unit]) -> None:
    """Keep these units as they are now."""
    statement = insert(units)
    changed = {name: statement.excluded[name] for name in ("company", "parent", "name")}
    await tx.execute(
        statement.on_conflict_do_update(index_elements=[units.c.id], set_=changed),
        [
            {"id": one.id, "company": one.company, "parent": one.parent, "name": one.name}
            for one in given
        ],
    )


async def every(tx: Transaction) -> list[Unit]:
    """All units of all companies."""
    statement = sa.select(units.c.id, units.c.company, units.c.parent, units.c.name)
    return [Unit(row.id, row.company, row.parent, row.name) for row in await tx.execute(statement)]
