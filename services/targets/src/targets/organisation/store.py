"""Units and people in their tables; who stands where is a row for each day it changed."""

# ruff: noqa: S608 - statements are made of this service's own names; values are parameters
from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from kernel.database import Transaction
from targets.bulk import Done, Sheet, put
from targets.organisation.model import Person, Placement, Unit
from targets.organisation.rules import sort_key

UNITS = Sheet(
    "units",
    ("id",),
    {
        "id": "text",
        "company": "text",
        "key": "text",
        "name": "text",
        "level": "text",
        "currency": "text",
        "country": "text",
        "active_from": "date",
        "active_to": "date",
    },
)
PARENTS = Sheet(
    "unit_parents",
    ("since", "unit"),
    {"since": "date", "unit": "text", "parent": "text", "told": "bool"},
)
PEOPLE = Sheet(
    "people",
    ("id",),
    {
        "id": "uuid",
        "company": "text",
        "key": "text",
        "name": "text",
        "sort_key": "text",
        "email": "text",
        "employed_from": "date",
        "employed_to": "date",
    },
)
PLACEMENTS = Sheet(
    "placements",
    ("since", "person"),
    {
        "since": "date",
        "person": "uuid",
        "unit": "text",
        "job": "text",
        "supervisor": "uuid",
        "told": "bool",
    },
)

_UNITS = """
SELECT units.*, up.parent FROM units
LEFT JOIN parents_during up ON up.unit = units.id AND up.during @> $1::date
"""
_PEOPLE = """
SELECT people.*, placed.unit, placed.job, placed.supervisor FROM people
LEFT JOIN placed_during placed ON placed.person = people.id AND placed.during @> $1::date
"""


async def lock(tx: Transaction, company: str) -> None:
    """One change of a company's organisation at a time: two moves never make a circle."""
    await tx.driver.execute(
        "SELECT pg_advisory_xact_lock(hashtext('organisation'), hashtext($1))", company
    )


async def units(tx: Transaction, ids: Iterable[str], on: date) -> dict[str, Unit]:
    """The units of these ids that there are, with the parent of the day."""
    rows = await tx.driver.fetch(f"{_UNITS} WHERE units.id = ANY($2::text[])", on, list(ids))
    return {row["id"]: unit_of(row) for row in rows}


async def units_of(tx: Transaction, company: str, on: date) -> list[Unit]:
    """All units of a company, parents first."""
    depth = "SELECT unit, count(*) AS depth FROM ancestry WHERE during @> $1::date GROUP BY unit"
    rows = await tx.driver.fetch(
        f"{_UNITS} JOIN ({depth}) deep ON deep.unit = units.id"
        " WHERE units.company = $2 ORDER BY deep.depth, units.id",
        on,
        company,
    )
    return [unit_of(row) for row in rows]


async def list_units(
    tx: Transaction,
    ids: Sequence[str],
    on: date,
    company: str | None,
    level: str | None,
    after: str | None,
    limit: int,
) -> list[Unit]:
    """Units of these ids, by id."""
    rows = await tx.driver.fetch(
        f"{_UNITS} WHERE units.id = ANY($2::text[]) AND units.company = coalesce($3, units.company)"
        " AND units.level = coalesce($4, units.level) AND units.id > coalesce($5, '')"
        " ORDER BY units.id LIMIT $6",
        on,
        list(ids),
        company,
        level,
        after,
        limit,
    )
    return [unit_of(row) for row in rows]


async def above(tx: Transaction, unit: str) -> frozenset[str]:
    """The unit and all that stood, stand or will stand above it, on whatever day."""
    rows = await tx.driver.fetch("SELECT ancestor FROM ancestry WHERE unit = $1", unit)
    return frozenset(row["ancestor"] for row in rows)


async def put_units(tx: Transaction, given: Sequence[Unit]) -> Done:
    """Keep units; where they stand is kept by `put_parents`."""
    columns = list(UNITS.columns)
    return await put(tx, UNITS, ([getattr(unit, name) for name in columns] for unit in given))


async def put_parents(tx: Transaction, rows: Iterable[tuple[date, str, str]], today: date) -> Done:
    """Keep where units stand: (since, unit, parent)."""
    told = ((since, unit, parent, since <= today) for since, unit, parent in rows)
    return await put(tx, PARENTS, told)


async def people(tx: Transaction, ids: Iterable[UUID], on: date) -> dict[UUID, Person]:
    """The people of these ids that there are, with their placement of the day."""
    rows = await tx.driver.fetch(f"{_PEOPLE} WHERE people.id = ANY($2::uuid[])", on, list(ids))
    return {row["id"]: person_of(row) for row in rows}


async def placed_on(
    tx: Transaction, wanted: Sequence[tuple[UUID, date]]
) -> dict[tuple[UUID, date], Person]:
    """People, each with the placement of a day of their own."""
    rows = await tx.driver.fetch(
        """
        SELECT people.*, placed.unit, placed.job, placed.supervisor, wanted.day
        FROM (SELECT DISTINCT * FROM unnest($1::uuid[], $2::date[]) given (id, day)) wanted
        JOIN people USING (id)
        LEFT JOIN placed_during placed ON placed.person = id AND placed.during @> wanted.day
        """,
        [person for person, _ in wanted],
        [day for _, day in wanted],
    )
    return {(row["id"], row["day"]): person_of(row) for row in rows}


async def lock_people(tx: Transaction, ids: Iterable[UUID]) -> None:
    """What is decided of a person is decided one at a time."""
    await tx.driver.execute(
        "SELECT FROM people WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE", list(ids)
    )


async def people_called(tx: Transaction, company: str, name: str) -> list[Person]:
    """The people of a company whom a key, an id or a name may mean; a key or id means one."""
    rows = await tx.driver.fetch(
        f"{_PEOPLE} WHERE people.company = $2"
        " AND (people.key = $3 OR people.id::text = $3 OR people.sort_key = $4)"
        " ORDER BY people.key = $3 OR people.id::text = $3 DESC, people.key",
        date.max,
        company,
        name,
        sort_key(name),
    )
    return [person_of(row) for row in rows]


async def list_people(
    tx: Transaction,
    units_: Sequence[str],
    on: date,
    company: str | None,
    after: Sequence[Any],
    limit: int | None,
) -> list[Person]:
    """People placed and employed in these units on a day, by name."""
    name, key = after
    rows = await tx.driver.fetch(
        f"{_PEOPLE} WHERE placed.unit = ANY($2::text[])"
        " AND people.company = coalesce($3, people.company)"
        " AND daterange(people.employed_from, people.employed_to) @> $1::date"
        " AND ($4::text IS NULL OR (people.sort_key, people.id) > ($4, $5::uuid))"
        " ORDER BY people.sort_key, people.id LIMIT $6",
        on,
        list(units_),
        company,
        name,
        key,
        limit,
    )
    return [person_of(row) for row in rows]


async def put_people(tx: Transaction, given: Sequence[Person]) -> Done:
    """Keep people; where they are placed is kept by `put_placements`."""
    return await put(tx, PEOPLE, map(_person_row, given))


def _person_row(person: Person) -> tuple[Any, ...]:
    return (
        person.id,
        person.company,
        person.key,
        person.name,
        sort_key(person.name),
        person.email,
        person.employed_from,
        person.employed_to,
    )


async def put_placements(
    tx: Transaction, rows: Iterable[tuple[date, UUID, Placement]], today: date
) -> Done:
    """Keep where people are placed: (since, person, placement)."""
    return await put(
        tx,
        PLACEMENTS,
        (
            (since, person, place.unit, place.job, place.supervisor, since <= today)
            for since, person, place in rows
        ),
    )


async def keys(tx: Transaction, table: str, company: str) -> dict[str, Any]:
    """The ids of a company's units or people, by the keys that their source gave them."""
    rows = await tx.driver.fetch(f"SELECT key, id FROM {table} WHERE company = $1", company)
    return {row["key"]: row["id"] for row in rows}


async def begin_today(tx: Transaction, today: date) -> tuple[list[str], list[UUID]]:
    """Mark what begins to hold by today as told; the units and people it is about."""
    mark = "UPDATE {} SET told = true WHERE NOT told AND since <= $1 RETURNING {} AS id"
    moved = await tx.driver.fetch(mark.format("unit_parents", "unit"), today)
    placed = await tx.driver.fetch(mark.format("placements", "person"), today)
    return sorted({row["id"] for row in moved}), sorted({row["id"] for row in placed})


def unit_of(row: Any) -> Unit:
    """A unit from its row."""
    return Unit(**{name: row[name] for name in UNITS.columns}, parent=row["parent"])


def person_of(row: Any) -> Person:
    """A person from their row."""
    placed = Placement(row["unit"], row["job"], row["supervisor"]) if row["unit"] else None
    return Person(
        row["id"],
        row["company"],
        row["key"],
        row["name"],
        row["email"],
        row["employed_from"],
        row["employed_to"],
        placed,
    )
