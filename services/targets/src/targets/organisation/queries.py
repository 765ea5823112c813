"""The organisation as of a day, and what the other capabilities need of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from contracts.targets import organisation as contract
from kernel.database import Transaction
from kernel.operations import Page
from kernel.problems import NotFound
from kernel.scope import Principal
from targets.organisation import rules, store
from targets.organisation.model import Person, Unit
from targets.organisation.store import keys, lock_people
from targets.paging import page_of, place

__all__ = ["keys", "lock_people"]


async def company(tx: Transaction, company: str, who: Principal, on: date) -> Unit:
    """A company that the person may see something of."""
    found = await store.units(tx, {company, *who.units}, on)
    if company not in {unit.company for unit in found.values() if unit.id in who.units}:
        raise NotFound("company", company)
    return found[company]


async def companies(tx: Transaction, who: Principal, on: date) -> list[Unit]:
    """The companies that the person may see something of, by name."""
    seen = {unit.company for unit in (await store.units(tx, who.units, on)).values()}
    roots = await store.units(tx, seen, on)
    return sorted(roots.values(), key=lambda root: (root.name, root.id))


async def unit(tx: Transaction, unit: str, who: Principal, on: date) -> Unit:
    """A unit in the person's scope."""
    found = await store.units(tx, [unit], on) if unit in who.units else {}
    if unit not in found:
        raise NotFound("unit", unit)
    return found[unit]


async def people(tx: Transaction, ids: Iterable[UUID], on: date) -> dict[UUID, Person]:
    """People with their placement of a day.

    Raises:
        UnknownPerson: one of them is not there.
    """
    wanted = set(ids)
    found = await store.people(tx, wanted, on)
    for missing in wanted - found.keys():
        raise rules.UnknownPerson(str(missing))
    return found


async def people_on(tx: Transaction, ids: Iterable[UUID], on: date) -> dict[UUID, Person]:
    """Those of the people that there are, with their placement of a day."""
    return await store.people(tx, ids, on)


async def unit_name(tx: Transaction, unit: str, on: date) -> str:
    """What a unit is called."""
    return (await store.units(tx, [unit], on))[unit].name


async def below(tx: Transaction, unit: Unit, on: date) -> dict[str, Unit]:
    """A unit and all below it on a day, parents first."""
    found = {unit.id: unit}
    for each in await store.units_of(tx, unit.company, on):
        if each.parent in found:
            found[each.id] = each
    return found


async def placed_on(
    tx: Transaction, wanted: Iterable[tuple[UUID, date]]
) -> dict[tuple[UUID, date], Person]:
    """People, each with the placement of a day of their own."""
    return await store.placed_on(tx, list(wanted))


async def currencies(tx: Transaction, companies: Iterable[str], on: date) -> dict[str, str]:
    """What each company reports in."""
    return {unit.id: unit.currency for unit in (await store.units(tx, companies, on)).values()}


async def person_called(tx: Transaction, company: str, name: str) -> Person:
    """The person whom a key, an id or a name means."""
    found = await store.people_called(tx, company, name)
    exact = [each for each in found if name in (each.key, str(each.id))]
    meant = exact or found
    if not meant:
        raise rules.UnknownPerson(name)
    if len(meant) > 1:
        raise rules.AmbiguousName(name, [each.key for each in meant])
    return meant[0]


async def list_units(
    tx: Transaction, asked: contract.ListUnits, who: Principal, on: date
) -> Page[contract.Unit]:
    """Units in scope, by id."""
    (after,) = place(asked.after, 1)
    found = await store.list_units(
        tx, who.units, on, asked.company, asked.level, after, asked.limit + 1
    )
    return page_of([shown_unit(each) for each in found], asked.limit, lambda each: (each.unit,))


async def list_people(
    tx: Transaction, asked: contract.ListPeople, who: Principal, on: date
) -> Page[contract.Person]:
    """People placed in the units in scope, by name."""
    units = who.units if asked.unit is None else tuple({asked.unit} & set(who.units))
    after = place(asked.after, 2)
    found = await store.list_people(tx, units, on, asked.company, after, asked.limit + 1)
    people = [shown_person(each) for each in found]
    return page_of(people, asked.limit, lambda each: (rules.sort_key(each.name), str(each.person)))


async def organisation(
    tx: Transaction, name: str, who: Principal, on: date
) -> contract.Organisation:
    """A company's units and people on a day, as far as they are in scope."""
    await company(tx, name, who, on)
    units = [each for each in await store.units_of(tx, name, on) if each.id in who.units]
    people = await store.list_people(tx, who.units, on, name, (None, None), None)
    return contract.Organisation(
        company=name,
        on=on,
        units=[shown_unit(each) for each in units if each.active_from <= on],
        people=[shown_person(each) for each in people],
    )


def shown_unit(unit: Unit) -> contract.Unit:
    """A unit as the contract shows it."""
    return contract.Unit(
        unit=unit.id,
        key=unit.key,
        name=unit.name,
        level=unit.level,
        company=unit.company,
        parent=unit.parent,
        currency=unit.currency,
        country=unit.country,
        active_from=unit.active_from,
        active_to=unit.active_to,
    )


def shown_person(person: Person) -> contract.Person:
    """A person as the contract shows them."""
    placement = person.placement
    return contract.Person(
        person=person.id,
        key=person.key,
        name=person.name,
        email=person.email,
        company=person.company,
        unit=placement.unit if placement else None,
        job=placement.job if placement else None,
        supervisor=placement.supervisor if placement else None,
        employed_from=person.employed_from,
        employed_to=person.employed_to,
    )
