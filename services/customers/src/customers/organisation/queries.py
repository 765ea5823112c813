"""What the other capabilities ask about units and people."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from customers.organisation.model import Person, Unit
from customers.organisation.store import Organisation
from kernel.database import Transaction


async def find_unit(tx: Transaction, unit: str) -> Unit | None:
    """A unit with the country it lies in; None when nobody told of it."""
    return await Organisation(tx).unit(unit)


async def units_below(tx: Transaction, unit: str) -> list[str]:
    """The unit and every unit below it."""
    return await Organisation(tx).below(unit)


async def units_of(tx: Transaction, company: str) -> set[str]:
    """Every unit of a company."""
    return await Organisation(tx).units_of(company)


async def find_person(tx: Transaction, person: UUID) -> Person | None:
    """A person of the organisation; None when nobody told of them."""
    return await Organisation(tx).person(person)


async def people_among(tx: Transaction, company: str, persons: Collection[UUID]) -> set[UUID]:
    """Those of the persons who belong to the company."""
    return await Organisation(tx).people_of(company, persons) if persons else set()
