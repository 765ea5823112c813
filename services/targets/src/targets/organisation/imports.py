"""Units and people from another system: a batch is three statements, whatever its length."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from contracts.imports import ImportAnswer
from contracts.targets.imports import ImportPeople, ImportUnits, PersonRecord, UnitRecord
from kernel.database import Transaction
from kernel.ids import imported_id, unit_id
from kernel.scope import Principal
from targets.commissions.queries import ask_run
from targets.intake import Intake
from targets.organisation import rules, store
from targets.organisation.commands import tell_all
from targets.organisation.model import Person, Placement, Unit
from targets.organisation.scope import check_scope


async def import_units(
    tx: Transaction, asked: ImportUnits, who: Principal, today: date
) -> ImportAnswer:
    """Units of one company, parents first."""
    check_scope(who, asked.company)
    tx.origin = "import"
    await store.lock(tx, asked.company)
    root = (await store.units(tx, [asked.company], today)).get(asked.company)
    reader = _UnitReader(asked.company, root, await store.keys(tx, "units", asked.company))
    intake = Intake(asked.records, who.locale)
    units = list(intake.accepted(reader.read))
    kept = await store.put_units(tx, units)
    stood = await store.put_parents(
        tx, ((unit.active_from, unit.id, unit.parent) for unit in units if unit.parent), today
    )
    await tell_all(tx, kept.all | stood.all, (), today)
    return intake.answer(kept, stood)


class _UnitReader:
    """Makes units of records; remembers those of the batch, for later ones stand below them."""

    def __init__(self, company: str, root: Unit | None, known: Mapping[str, str]) -> None:
        self.company = company
        self.root = root
        self.known = dict(known)

    def read(self, record: UnitRecord) -> Unit:
        """A unit, its parent known and its currency the company's."""
        unit = self._unit(record, self._parent(record))
        self.known[record.key] = unit.id
        if unit.parent is None:
            self.root = unit
        return unit

    def _parent(self, record: UnitRecord) -> str | None:
        if record.parent is None:
            if self.root is not None and self.root.key != record.key:
                raise rules.StaysRoot(self.company, self.root.key)
            return None
        if record.parent not in self.known:
            raise rules.UnknownUnit(record.parent)
        return self.known[record.parent]

    def _unit(self, record: UnitRecord, parent: str | None) -> Unit:
        new = self.company if parent is None else unit_id(self.company, record.key)
        name = self.known.get(record.key, new)
        root = self.root if parent is not None else None
        return Unit(
            id=name,
            company=self.company,
            key=record.key,
            name=record.name,
            level=record.level,
            currency=rules.currency_of(name, record.currency, root),
            country=record.country,
            active_from=record.active_from,
            active_to=None,
            parent=parent,
        )


async def import_people(
    tx: Transaction, asked: ImportPeople, who: Principal, today: date
) -> ImportAnswer:
    """People of one company, supervisors first."""
    check_scope(who, asked.company)
    tx.origin = "import"
    await store.lock(tx, asked.company)
    units = await store.keys(tx, "units", asked.company)
    if asked.company not in units.values():
        raise rules.UnknownUnit(asked.company)
    reader = _PersonReader(asked.company, units, await store.keys(tx, "people", asked.company))
    intake = Intake(asked.records, who.locale)
    people = list(intake.accepted(reader.read))
    kept = await store.put_people(tx, people)
    placed = await store.put_placements(
        tx,
        ((each.employed_from, each.id, each.placement) for each in people if each.placement),
        today,
    )
    await tell_all(tx, (), kept.all | placed.all, today)
    if placed.changed:
        await ask_run(tx, asked.company, "organisation-changed")
    return intake.answer(kept, placed)


class _PersonReader:
    """Makes people of records; remembers those of the batch, for others report to them."""

    def __init__(self, company: str, units: Mapping[str, str], known: Mapping[str, UUID]) -> None:
        self.company = company
        self.units = units
        self.known = dict(known)

    def read(self, record: PersonRecord) -> Person:
        """Somebody with a place in a known unit, under a known supervisor."""
        rules.check_days(record.employed_from, record.employed_to)
        place = Placement(self._unit(record.unit), record.job, self._supervisor(record))
        new = imported_id(self.company, "person", record.key)
        return Person(
            id=self.known.setdefault(record.key, new),
            company=self.company,
            key=record.key,
            name=record.name,
            email=record.email,
            employed_from=record.employed_from,
            employed_to=record.employed_to,
            placement=place,
        )

    def _unit(self, key: str | None) -> str:
        if key is None:
            return self.company
        if key not in self.units:
            raise rules.UnknownUnit(key)
        return self.units[key]

    def _supervisor(self, record: PersonRecord) -> UUID | None:
        if record.supervisor is None:
            return None
        if record.supervisor not in self.known:
            raise rules.UnknownPerson(record.supervisor)
        return self.known[record.supervisor]
