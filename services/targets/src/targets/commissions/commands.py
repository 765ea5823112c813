"""Deciding what is paid, and counting it anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from contracts.imports import ImportAnswer
from contracts.targets.commissions import PutPlan
from contracts.targets.imports import ImportPlans, PlanRecord
from kernel.clock import now
from kernel.database import Transaction
from kernel.ids import imported_id
from kernel.period import Period
from kernel.scope import Principal
from targets.attainment import queries as attainment
from targets.commissions import rules, store
from targets.commissions.model import PlanVersion
from targets.commissions.queries import ask_run
from targets.intake import Intake
from targets.organisation import queries as organisation
from targets.organisation.model import Person
from targets.organisation.rules import UnknownPerson, check_days
from targets.organisation.scope import check_scope
from targets.plan import queries as plan


async def put_plan(tx: Transaction, asked: PutPlan, who: Principal) -> tuple[PlanVersion, str]:
    """Add or correct a plan version; what was earned in its days is counted anew."""
    check_days(asked.valid_from, asked.valid_to)
    rules.check_rate(asked.rate)
    await organisation.lock_people(tx, [asked.person])
    people = await organisation.people(tx, [asked.person], asked.valid_from)
    person = people[asked.person]
    version = _version(person, asked, who)
    before = await store.plan(tx, asked.plan)
    if before is not None and before.person != person.id:
        raise rules.PlanOfAnother(before.key)
    rules.check_versions(person.name, version, await store.plans_of(tx, [person.id]))
    if (await store.put_plans(tx, [version])).all:
        await ask_run(tx, person.company, "plan-changed", person=person.id)
    return version, person.name


def _version(person: Person, asked: PutPlan, who: Principal) -> PlanVersion:
    assert person.placement is not None, "whoever is kept is placed"
    check_scope(who, person.placement.unit)
    return PlanVersion(
        id=asked.plan,
        company=person.company,
        unit=person.placement.unit,
        key=asked.key or str(asked.plan),
        person=person.id,
        rate=asked.rate,
        valid=Period(asked.valid_from, asked.valid_to),
    )


async def import_plans(tx: Transaction, asked: ImportPlans, who: Principal) -> ImportAnswer:
    """Plan versions of one company, in one statement; each stands or is refused by itself."""
    check_scope(who, asked.company)
    tx.origin = "import"
    reader = await _reader(tx, asked)
    intake = Intake(asked.records, who.locale)
    kept = await store.put_plans(tx, list(intake.accepted(reader.read)))
    if kept.all:
        await ask_run(tx, asked.company, "plan-changed")
    return intake.answer(kept)


async def _reader(tx: Transaction, asked: ImportPlans) -> _PlanReader:
    keys = await organisation.keys(tx, "people", asked.company)
    ids = {keys[record.person] for record in asked.records if record.person in keys}
    await organisation.lock_people(tx, ids)
    placed = await organisation.placed_on(
        tx, [(keys[r.person], r.valid_from) for r in asked.records if r.person in keys]
    )
    return _PlanReader(asked.company, keys, placed, await store.plans_of(tx, ids))


class _PlanReader:
    """Makes plan versions of records; remembers those of the batch, for later ones may overlap."""

    def __init__(
        self,
        company: str,
        keys: Mapping[str, UUID],
        placed: Mapping[tuple[UUID, date], Person],
        versions: list[PlanVersion],
    ) -> None:
        self.company = company
        self.keys = keys
        self.placed = placed
        self.versions = {version.id: version for version in versions}

    def read(self, record: PlanRecord) -> PlanVersion:
        """A version of somebody known, beside their others."""
        if record.person not in self.keys:
            raise UnknownPerson(record.person)
        check_days(record.valid_from, record.valid_to)
        rules.check_rate(record.rate)
        person = self.placed[self.keys[record.person], record.valid_from]
        version = self._version(record, person)
        others = [each for each in self.versions.values() if each.person == person.id]
        rules.check_versions(person.name, version, others)
        self.versions[version.id] = version
        return version

    def _version(self, record: PlanRecord, person: Person) -> PlanVersion:
        assert person.placement is not None, "whoever is kept is placed"
        return PlanVersion(
            id=imported_id(self.company, "plan", record.key),
            company=self.company,
            unit=person.placement.unit,
            key=record.key,
            person=person.id,
            rate=record.rate,
            valid=Period(record.valid_from, record.valid_to),
        )


async def work_off(tx: Transaction) -> bool:
    """Do the run that waits longest; returns whether there was one."""
    waiting = await store.next_run(tx)
    if waiting is None:
        return False
    company, person = waiting["company"], waiting["person"]
    await attainment.lock(tx, company)
    runs = await store.covered(tx, company, person)
    await _rehome(tx, company, person)
    done = await store.count_anew(tx, company, person)
    await store.finish_runs(tx, runs, now(), done)
    return True


async def _rehome(tx: Transaction, company: str, person: UUID | None) -> None:
    await attainment.rehome(tx, company, person)
    await plan.rehome(tx, company, person)
    await store.rehome(tx, company, person)
