"""Setting quotas: load, decide, save."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from contracts.imports import ImportAnswer
from contracts.targets.imports import ImportQuotas, QuotaRecord
from contracts.targets.quotas import SetQuota, SplitTarget
from kernel.database import Transaction
from kernel.ids import imported_id, uuid7
from kernel.money import Money
from kernel.period import Period
from kernel.scope import Principal
from targets.intake import Intake
from targets.organisation import queries as organisation
from targets.organisation.model import Person
from targets.organisation.rules import UnknownPerson, check_days
from targets.organisation.scope import check_scope
from targets.plan import rules, store
from targets.plan.model import Quota

Set = list[tuple[Quota, str]]
"""Quotas, each with the person's name."""


async def set_quota(tx: Transaction, asked: SetQuota, who: Principal) -> tuple[Quota, str]:
    """Set one person's target for a period."""
    check_days(asked.period_start, asked.period_end)
    period = Period(asked.period_start, asked.period_end)
    targets = {asked.person: asked.target.in_minor_units()}
    return (await _set(tx, targets, period, who))[0]


async def split_target(tx: Transaction, asked: SplitTarget, who: Principal) -> Set:
    """Split a total over persons, and set each part as their target; all of them or none."""
    check_days(asked.period_start, asked.period_end)
    period = Period(asked.period_start, asked.period_end)
    parts = rules.split(asked.total, [(share.person, share.weight) for share in asked.shares])
    return await _set(tx, parts, period, who)


async def _set(
    tx: Transaction, targets: Mapping[UUID, Money], period: Period, who: Principal
) -> Set:
    await organisation.lock_people(tx, targets)  # two quotas never both take the same days
    people = await organisation.people(tx, targets, period.start)
    currency = await _currencies(tx, people, period.start)
    before = await store.quotas_of(tx, targets)
    quotas = []
    for person, target in targets.items():
        rules.check_target(target, currency[people[person].company])
        quotas.append(_quota(people[person], period, target, before, who))
    await store.put_quotas(tx, quotas)
    return [(quota, people[quota.person].name) for quota in quotas]


async def _currencies(
    tx: Transaction, people: Mapping[UUID, Person], on: date
) -> Mapping[str, str]:
    companies = {person.company for person in people.values()}
    return await organisation.currencies(tx, companies, on)


def _quota(
    person: Person, period: Period, target: Money, before: list[Quota], who: Principal
) -> Quota:
    assert person.placement is not None, "whoever is kept is placed"
    check_scope(who, person.placement.unit)
    theirs = [quota for quota in before if quota.person == person.id]
    rules.check_employed(person.name, person.employment, period)
    same = rules.same_period(period, theirs)
    rules.check_free(person.name, period, [quota for quota in theirs if quota is not same])
    return Quota(
        id=same.id if same else uuid7(),
        company=person.company,
        unit=person.placement.unit,
        person=person.id,
        key=same.key if same else None,
        period=period,
        target=target,
    )


async def import_quotas(tx: Transaction, asked: ImportQuotas, who: Principal) -> ImportAnswer:
    """Quotas of one company, in one statement; each stands or is refused by itself."""
    check_scope(who, asked.company)
    tx.origin = "import"
    reader = await _reader(tx, asked)
    intake = Intake(asked.records, who.locale)
    quotas = list(intake.accepted(reader.read))
    return intake.answer(await store.put_quotas(tx, quotas))


async def _reader(tx: Transaction, asked: ImportQuotas) -> _QuotaReader:
    keys = await organisation.keys(tx, "people", asked.company)
    ids = {keys[record.person] for record in asked.records if record.person in keys}
    await organisation.lock_people(tx, ids)
    placed = await organisation.placed_on(
        tx, [(keys[r.person], r.period_start) for r in asked.records if r.person in keys]
    )
    currencies = await organisation.currencies(tx, {asked.company}, date.max)
    quotas = await store.quotas_of(tx, ids)
    return _QuotaReader(asked.company, currencies[asked.company], keys, placed, quotas)


class _QuotaReader:
    """Makes quotas of records; remembers those of the batch, for a later one may overlap."""

    def __init__(
        self,
        company: str,
        currency: str,
        keys: Mapping[str, UUID],
        placed: Mapping[tuple[UUID, date], Person],
        quotas: list[Quota],
    ) -> None:
        self.company = company
        self.currency = currency
        self.keys = keys
        self.placed = placed
        self.quotas: dict[UUID, dict[UUID, Quota]] = {}
        for quota in quotas:
            self._remember(quota)

    def _remember(self, quota: Quota) -> None:
        self.quotas.setdefault(quota.person, {})[quota.id] = quota

    def read(self, record: QuotaRecord) -> Quota:
        """A quota of somebody known and employed, beside their others."""
        if record.person not in self.keys:
            raise UnknownPerson(record.person)
        check_days(record.period_start, record.period_end)
        rules.check_target(record.target, self.currency)
        person = self.placed[self.keys[record.person], record.period_start]
        quota = self._quota(record, person)
        rules.check_employed(person.name, person.employment, quota.period)
        others = self.quotas.get(person.id, {}).values()
        rules.check_free(
            person.name, quota.period, [other for other in others if other.id != quota.id]
        )
        self._remember(quota)
        return quota

    def _quota(self, record: QuotaRecord, person: Person) -> Quota:
        assert person.placement is not None, "whoever is kept is placed"
        return Quota(
            id=imported_id(self.company, "quota", record.key),
            company=self.company,
            unit=person.placement.unit,
            person=person.id,
            key=record.key,
            period=Period(record.period_start, record.period_end),
            target=record.target,
        )
