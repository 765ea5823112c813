"""Units and people as targets tells of them: names for our lists, and who is above whom."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from billing.batch import insert_many
from billing.tables import people, units
from contracts.targets.person_changed import PersonChangedV1
from contracts.targets.unit_changed import UnitChangedV1
from kernel.database import Transaction

UNIT = ("unit", "key", "name", "company", "parent", "country", "level")
PERSON = ("person", "key", "name", "company", "unit")
_UNIT_KEPT = ", ".join(f"{name} = excluded.{name}" for name in UNIT[1:])
_PERSON_KEPT = ", ".join(f"{name} = excluded.{name}" for name in PERSON[1:])


async def keep_units(tx: Transaction, changed: Sequence[UnitChangedV1]) -> None:
    """Units as they are now."""
    latest = {
        one.unit: (
            one.unit,
            one.key,
            one.name,
            one.company,
            one.parent,
            one.country,
            one.level,
        )
        for one in changed
    }
    ending = f"ON CONFLICT (unit) DO UPDATE SET {_UNIT_KEPT}"
    await insert_many(tx, units, UNIT, list(latest.values()), ending)


async def keep_people(tx: Transaction, changed: Sequence[PersonChangedV1]) -> None:
    """People as they are now; a name that was erased is gone here too."""
    latest = {
        one.person: (
            one.person,
            one.key,
            one.personal.name if one.personal else None,
            one.company,
            one.unit,
        )
        for one in changed
    }
    ending = f"ON CONFLICT (person) DO UPDATE SET {_PERSON_KEPT}"
    await insert_many(tx, people, PERSON, list(latest.values()), ending)


async def known_units(tx: Transaction, company: str) -> set[str]:
    """The units of a company that we have heard of."""
    rows = await tx.driver.fetch("SELECT unit FROM units WHERE company = $1", company)
    return {row["unit"] for row in rows}


async def known_people(tx: Transaction, ids: Collection[UUID]) -> set[UUID]:
    """Those of these people that we have heard of."""
    rows = await tx.driver.fetch("SELECT person FROM people WHERE person = ANY ($1)", list(ids))
    return {row["person"] for row in rows}


UPWARDS = """
WITH RECURSIVE above (unit, parent, far) AS (
    SELECT unit, parent, 0 FROM units WHERE unit = $1
    UNION ALL
    SELECT u.unit, u.parent, far + 1 FROM units u JOIN above ON u.unit = above.parent
    WHERE far < 50
)
SELECT unit FROM above ORDER BY far
"""


async def upwards(tx: Transaction, unit: str) -> list[str]:
    """A unit and what it belongs to, the nearest first; the unit alone when it is not known."""
    return [row["unit"] for row in await tx.driver.fetch(UPWARDS, unit)] or [unit]


async def company_of(tx: Transaction, unit: str) -> str | None:
    """The company that a unit belongs to; None when we have not heard of the unit."""
    company: str | None = await tx.driver.fetchval(
        "SELECT company FROM units WHERE unit = $1", unit
    )
    return company
