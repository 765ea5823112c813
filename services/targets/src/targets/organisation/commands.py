"""Adding and changing units and people; past figures stay where they were."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from contracts.targets.organisation import PutPerson, PutUnit
from kernel.database import Transaction
from kernel.scope import Principal
from targets.commissions.queries import ask_run
from targets.organisation import rules, store
from targets.organisation.events import person_changed, unit_changed
from targets.organisation.model import Person, Placement, Unit
from targets.organisation.scope import check_scope


async def put_unit(tx: Transaction, asked: PutUnit, who: Principal, today: date) -> Unit:
    """Add or change a unit; a new parent holds from a day on."""
    rules.check_days(asked.active_from, asked.active_to)
    parent = await _parent(tx, asked, today)
    company = parent.company if parent else asked.unit
    await store.lock(tx, company)
    known = await store.units(tx, {asked.unit, company}, today)
    before = known.get(asked.unit)
    check_scope(who, parent.id if parent else company)
    if before is not None:
        _check_stays(before, company, who)
    unit = _unit(asked, company, known.get(company))
    await _check_key(tx, "units", company, unit.key, unit.id)
    await store.put_units(tx, [unit])
    if parent is not None:
        rules.check_parent(unit.id, company, parent, await store.above(tx, parent.id))
        await _stand(tx, asked, parent.id, before, today)
    return await tell_unit(tx, unit.id, today)


async def _parent(tx: Transaction, asked: PutUnit, today: date) -> Unit | None:
    if asked.parent is None:
        return None
    found = await store.units(tx, [asked.parent], today)
    if asked.parent not in found:
        raise rules.UnknownUnit(asked.parent)
    return found[asked.parent]


def _check_stays(before: Unit, company: str, who: Principal) -> None:
    if before.company != company:
        raise rules.StaysRoot(before.id, before.company)
    check_scope(who, before.id)


def _unit(asked: PutUnit, company: str, root: Unit | None) -> Unit:
    is_root = asked.unit == company
    return Unit(
        id=asked.unit,
        company=company,
        key=asked.key or asked.unit,
        name=asked.name,
        level=asked.level,
        currency=rules.currency_of(asked.unit, asked.currency, None if is_root else root),
        country=asked.country,
        active_from=asked.active_from,
        active_to=asked.active_to,
    )


async def _check_key(tx: Transaction, table: str, company: str, key: str, of: object) -> None:
    if (await store.keys(tx, table, company)).get(key, of) != of:
        raise rules.KeyTaken(key)


async def _stand(
    tx: Transaction, asked: PutUnit, parent: str, before: Unit | None, today: date
) -> None:
    since = rules.holds_from(asked.since, asked.active_from, today, is_new=before is None)
    there = await store.units(tx, [asked.unit], since)
    if there[asked.unit].parent != parent:
        await store.put_parents(tx, [(since, asked.unit, parent)], today)


async def put_person(tx: Transaction, asked: PutPerson, who: Principal, today: date) -> Person:
    """Add or change somebody; a new place holds from a day on."""
    rules.check_days(asked.employed_from, asked.employed_to)
    found = await store.units(tx, [asked.unit], today)
    if asked.unit not in found:
        raise rules.UnknownUnit(asked.unit)
    check_scope(who, asked.unit)
    company = found[asked.unit].company
    await store.lock(tx, company)
    before = (await store.people(tx, [asked.person], today)).get(asked.person)
    if before is not None:
        _check_same_company(before, company, who)
    await _check_supervisor(tx, asked, today)
    person = _person(asked, company)
    await _check_key(tx, "people", company, person.key, person.id)
    await store.put_people(tx, [person])
    await _place(tx, asked, company, is_new=before is None, today=today)
    return await tell_person(tx, person.id, today)


def _check_same_company(before: Person, company: str, who: Principal) -> None:
    if before.company != company:
        raise rules.UnknownPerson(str(before.id))
    if before.placement is not None:
        check_scope(who, before.placement.unit)


async def _check_supervisor(tx: Transaction, asked: PutPerson, today: date) -> None:
    if asked.supervisor is None:
        return
    if asked.supervisor == asked.person:
        raise rules.OwnSupervisor(asked.person)
    if not await store.people(tx, [asked.supervisor], today):
        raise rules.UnknownPerson(str(asked.supervisor))


def _person(asked: PutPerson, company: str) -> Person:
    return Person(
        id=asked.person,
        company=company,
        key=asked.key or str(asked.person),
        name=asked.name,
        email=asked.email,
        employed_from=asked.employed_from,
        employed_to=asked.employed_to,
    )


async def _place(
    tx: Transaction, asked: PutPerson, company: str, *, is_new: bool, today: date
) -> None:
    since = rules.holds_from(asked.since, asked.employed_from, today, is_new=is_new)
    place = Placement(asked.unit, asked.job, asked.supervisor)
    there = await store.people(tx, [asked.person], since)
    if there[asked.person].placement == place:
        return
    await store.put_placements(tx, [(since, asked.person, place)], today)
    if not is_new:  # what was sold from that day on belongs to another home now
        await ask_run(tx, company, "organisation-changed", person=asked.person)


async def tell_unit(tx: Transaction, unit: str, today: date) -> Unit:
    """Tell the others of a unit as it is now."""
    now = (await store.units(tx, [unit], today))[unit]
    tx.announce(unit_changed(now))
    return now


async def tell_person(tx: Transaction, person: UUID, today: date) -> Person:
    """Tell the others of a person as they are now."""
    now = (await store.people(tx, [person], today))[person]
    tx.announce(person_changed(now), person=person)
    return now


async def tell_all(
    tx: Transaction, units: Iterable[str], people: Iterable[UUID], today: date
) -> None:
    """Tell of several at once, in the order of their ids."""
    for _, unit in sorted((await store.units(tx, units, today)).items()):
        tx.announce(unit_changed(unit))
    for person in (await store.people(tx, people, today)).values():
        tx.announce(person_changed(person), person=person.id)


async def tell_what_begins(tx: Transaction, today: date) -> None:
    """A move that was entered ahead of its day is told on that day."""
    await tell_all(tx, *await store.begin_today(tx, today), today)
