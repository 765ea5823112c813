"""A rep's day: quotas, the month's sales and commission, and the place among the others."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from contracts.targets import summaries as contract
from kernel.database import Transaction
from kernel.money import Money, plain
from kernel.period import Period, period_of
from kernel.problems import NotFound
from kernel.scope import Principal
from targets.attainment.rules import missing
from targets.commissions.rules import statement
from targets.organisation import queries as organisation
from targets.organisation.model import Person
from targets.reports.queries import fraction

_QUOTAS = """
SELECT quotas.*, rank, ranked, (
    SELECT coalesce(sum(net), 0) FROM actuals WHERE rep = person
    AND actuals.currency = quotas.currency AND day >= period_start AND day <= $2
) AS actual
FROM quotas CROSS JOIN LATERAL rank_of_quota(quotas.id)
WHERE person = $1 AND daterange(period_start, period_end) @> $2::date
ORDER BY period_start
"""
_SALES = """
SELECT currency, sum(net) AS net FROM actuals
WHERE rep = $1 AND day >= $2 AND day < $3 GROUP BY currency ORDER BY currency
"""
_COMMISSIONS = """
SELECT currency, sum(basis) AS base, sum(amount) AS exact FROM commission_lines
WHERE person = $1 AND earned_on >= $2 AND earned_on < $3 GROUP BY currency ORDER BY currency
"""


async def person_summary(
    tx: Transaction, person: UUID, who: Principal, on: date
) -> contract.PersonSummary:
    """What a rep sees in the morning; a manager sees it of the people of their units."""
    found = (await organisation.people_on(tx, [person], on)).get(person)
    if found is None or not _may_see(found, who):
        raise NotFound("person", str(person))
    month = period_of(on, "month")
    so_far = (person, month.start, on + timedelta(days=1))
    unit = await _unit_name(tx, found, on)
    return contract.PersonSummary(
        person=person,
        key=found.key,
        name=found.name,
        company=found.company,
        unit=found.placement and found.placement.unit,
        unit_name=unit,
        on=on,
        month=month.label(),
        quotas=[_standing(row) for row in await tx.driver.fetch(_QUOTAS, person, on)],
        sales=[
            Money(row["net"], row["currency"]) for row in await tx.driver.fetch(_SALES, *so_far)
        ],
        commissions=[
            _commission(row, month) for row in await tx.driver.fetch(_COMMISSIONS, *so_far)
        ],
    )


def _may_see(person: Person, who: Principal) -> bool:
    if person.id == who.person:
        return True
    placed = person.placement is not None and person.placement.unit in who.units
    return placed and not who.own_only


async def _unit_name(tx: Transaction, person: Person, on: date) -> str | None:
    if person.placement is None:
        return None
    return await organisation.unit_name(tx, person.placement.unit, on)


def _standing(row: Any) -> contract.PersonStanding:
    actual = Money(row["actual"], row["currency"])
    target = Money(row["target"], row["currency"])
    return contract.PersonStanding(
        quota=row["id"],
        period_start=row["period_start"],
        period_end=row["period_end"],
        target=target,
        actual=actual,
        attainment=fraction(actual.amount, target.amount),
        missing=missing(actual, target),
        rank=row["rank"],
        ranked=row["ranked"],
    )


def _commission(row: Any, month: Period) -> contract.Commission:
    return contract.Commission(
        period=month.label(),
        base=Money(row["base"], row["currency"]),
        amount=statement([row["exact"]], row["currency"]),
        exact=plain(row["exact"]),
    )
