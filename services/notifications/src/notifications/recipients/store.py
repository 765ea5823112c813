"""How people, users and units are kept, as their owners last told of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Table, Uuid, any_, delete, literal, select, text
from sqlalchemy.dialects.postgresql import insert

from contracts.gateway.user_changed import UserChangedV1
from contracts.targets.person_changed import PersonChangedV1
from contracts.targets.unit_changed import UnitChangedV1
from kernel.database import Transaction
from notifications.recipients.model import Recipient
from notifications.tables import people, units, user_grants, users

# A grant at `*` holds above every company.
_WITH_ROLE = text("""
    WITH RECURSIVE above AS (
        SELECT unit, parent, 0 AS height FROM units WHERE unit = :unit
        UNION ALL
        SELECT u.unit, u.parent, height + 1
        FROM units u JOIN above a ON u.unit = a.parent WHERE height < 50
    ), places AS (
        SELECT unit, height FROM above UNION ALL SELECT '*', 1000
    ), found AS (
        SELECT u.person, p.height
        FROM user_grants g JOIN users u USING (user_id) JOIN places p ON p.unit = g.unit
        WHERE g.role = :role AND u.active
    )
    SELECT DISTINCT person FROM found WHERE height = (SELECT min(height) FROM found)
""")


class Recipients:
    """Everybody who can be told something, and where they have which role."""

    def __init__(self, tx: Transaction) -> None:
        self.tx = tx

    async def knows_unit(self, unit: str) -> bool:
        """Whether targets told of the unit yet."""
        found = await self.tx.execute(select(units.c.unit).where(units.c.unit == unit))
        return found.one_or_none() is not None

    async def with_role(self, role: str, unit: str) -> set[UUID]:
        """Those who have the role at the unit, or else at the nearest unit above it."""
        found = await self.tx.execute(_WITH_ROLE, {"role": role, "unit": unit})
        return set(found.scalars())

    async def knows_person(self, person: UUID) -> bool:
        """Whether targets or the gateway told of the person yet."""
        return bool(await self.named([person]))

    async def supervisor(self, person: UUID) -> UUID | None:
        """Whom the person reports to."""
        statement = select(people.c.supervisor).where(people.c.person == person)
        return (await self.tx.execute(statement)).scalar_one_or_none()

    async def named(self, persons: Collection[UUID]) -> dict[UUID, Recipient]:
        """Name, address and language; what a user says of themselves goes before the rest."""
        if not persons:
            return {}
        found: dict[UUID, Recipient] = {}
        wanted = any_(literal(list(persons), ARRAY(Uuid)))
        for row in await self.tx.execute(select(people).where(people.c.person == wanted)):
            found[row.person] = Recipient(row.person, row.name or "", row.email)
        mine = select(users).where(users.c.person == wanted, users.c.active)
        for row in await self.tx.execute(mine.order_by(users.c.user_id.desc())):
            before = found.get(row.person)
            found[row.person] = Recipient(
                row.person,
                row.name or (before.name if before else ""),
                row.email or (before.email if before else None),
                row.locale,
            )
        return found

    async def keep_units(self, events: Sequence[UnitChangedV1]) -> None:
        """Take over units as they are now."""
        await self._keep(units, [{"unit": each.unit, "parent": each.parent} for each in events])

    async def keep_people(self, events: Sequence[PersonChangedV1]) -> None:
        """Take over people as they are now; somebody erased stays, without name and address."""
        rows = [
            {
                "person": each.person,
                "supervisor": each.supervisor,
                "name": each.personal.name if each.personal else None,
                "email": each.personal.email if each.personal else None,
            }
            for each in events
        ]
        await self._keep(people, rows)

    async def keep_user(self, event: UserChangedV1) -> None:
        """Take over a user with all roles as they are now."""
        row = {
            "user_id": event.user,
            "person": event.person,
            "locale": event.locale,
            "active": event.active,
            "name": event.personal.name if event.personal else None,
            "email": event.personal.email if event.personal else None,
        }
        await self._keep(users, [row])
        await self.tx.execute(delete(user_grants).where(user_grants.c.user_id == event.user))
        granted = {(grant.role, grant.unit) for grant in event.grants}
        if granted:
            await self.tx.execute(
                insert(user_grants),
                [{"user_id": event.user, "role": role, "unit": unit} for role, unit in granted],
            )

    async def _keep(self, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        statement = insert(table)
        others = [column.name for column in table.c if not column.primary_key]
        replaced = {name: statement.excluded[name] for name in others}
        await self.tx.execute(
            statement.on_conflict_do_update(index_elements=table.primary_key, set_=replaced), rows
        )
