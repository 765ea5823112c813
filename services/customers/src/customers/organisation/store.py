"""How the projection of the organisation is kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from contracts.targets.person_changed import PersonChangedV1
from contracts.targets.unit_changed import UnitChangedV1
from customers.organisation.model import Person, Unit
from customers.tables import among, people, units
from kernel.database import Transaction
from kernel.events import Received

_UNIT = """
WITH RECURSIVE above AS (
    SELECT unit, parent, country, 0 AS height FROM units WHERE unit = $1
    UNION ALL
    SELECT u.unit, u.parent, u.country, height + 1
    FROM units u JOIN above a ON u.unit = a.parent WHERE height < 50
)
SELECT u.unit, u.company, u.name, u.currency,
    (SELECT country FROM above WHERE country IS NOT NULL ORDER BY height LIMIT 1) AS country
FROM units u WHERE u.unit = $1
"""
_PERSON = "SELECT person, company, name FROM people WHERE person = $1"
_BELOW = text("""
    WITH RECURSIVE below AS (
        SELECT unit FROM units WHERE unit = :unit
        UNION
        SELECT u.unit FROM units u JOIN below b ON u.parent = b.unit
    )
    SELECT unit FROM below
""")


class Organisation:
    """Units and people, as targets last told of them."""

    def __init__(self, tx: Transaction) -> None:
        self.tx = tx

    async def unit(self, unit: str) -> Unit | None:
        """A unit with the country it lies in."""
        row = await self.tx.driver.fetchrow(_UNIT, unit)
        return Unit(*row) if row else None

    async def below(self, unit: str) -> list[str]:
        """The unit and every unit below it."""
        return list((await self.tx.execute(_BELOW, {"unit": unit})).scalars())

    async def units_of(self, company: str) -> set[str]:
        """Every unit of a company."""
        found = await self.tx.execute(select(units.c.unit).where(units.c.company == company))
        return set(found.scalars())

    async def person(self, person: UUID) -> Person | None:
        """A person of the organisation."""
        row = await self.tx.driver.fetchrow(_PERSON, person)
        return Person(*row) if row else None

    async def people_of(self, company: str, persons: Collection[UUID]) -> set[UUID]:
        """Those of the persons who belong to the company."""
        belongs = among(people.c.person, persons) & (people.c.company == company)
        found = await self.tx.execute(select(people.c.person).where(belongs))
        return set(found.scalars())

    async def keep_units(self, messages: Sequence[Received[UnitChangedV1]]) -> None:
        """Take over units as they are now."""
        rows = [_unit_row(message.event) for message in messages]
        statement = insert(units)
        await self.tx.execute(
            statement.on_conflict_do_update(
                index_elements=[units.c.unit],
                set_={c.name: statement.excluded[c.name] for c in units.c if c.name != "unit"},
            ),
            rows,
        )

    async def keep_people(self, messages: Sequence[Received[PersonChangedV1]]) -> None:
        """Take over people as they are now; somebody erased stays, without a name."""
        rows = [_person_row(message.event) for message in messages]
        statement = insert(people)
        await self.tx.execute(
            statement.on_conflict_do_update(
                index_elements=[people.c.person],
                set_={c.name: statement.excluded[c.name] for c in people.c if c.name != "person"},
            ),
            rows,
        )


def _unit_row(event: UnitChangedV1) -> dict[str, object]:
    names = ("unit", "company", "key", "name", "parent", "currency", "country")
    return {name: getattr(event, name) for name in names}


def _person_row(event: PersonChangedV1) -> dict[str, object]:
    return {
        "person": event.person,
        "company": event.company,
        "unit": event.unit,
        "key": event.key,
        "name": event.personal.name if event.personal else None,
    }
