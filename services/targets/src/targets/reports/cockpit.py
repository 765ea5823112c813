"""A manager's cockpit: a unit with all below it, its people, and the month's run."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from contracts.targets import summaries as contract
from kernel.database import Transaction
from kernel.money import Money
from kernel.period import period_of
from kernel.scope import Principal
from targets.organisation import queries as organisation
from targets.organisation.model import Unit
from targets.reports.queries import fraction

_PEOPLE = """
SELECT people.id, people.key, people.name, placed.unit, sum(target) AS target,
    coalesce(sum(sold.net), 0) AS actual
FROM placed_during placed JOIN people ON people.id = placed.person
LEFT JOIN quotas ON quotas.person = people.id AND quotas.currency = $3
    AND daterange(period_start, period_end) @> $2::date
LEFT JOIN LATERAL (
    SELECT sum(net) AS net FROM actuals WHERE rep = people.id AND currency = $3
    AND day >= period_start AND day <= $2
) sold ON true
WHERE placed.unit = ANY($1::text[]) AND placed.during @> $2::date
AND daterange(people.employed_from, people.employed_to) @> $2::date
GROUP BY people.id, placed.unit ORDER BY people.sort_key, people.id
"""
_SALES = """
SELECT unit, day, sum(net) AS net FROM actuals
WHERE unit = ANY($1::text[]) AND currency = $2 AND day >= $3 AND day < $4
GROUP BY unit, day ORDER BY day
"""


@dataclass(frozen=True, slots=True)
class Seller:
    """A person with the sum of the quotas that contain the day."""

    id: UUID
    key: str
    name: str
    unit: str
    target: Decimal | None
    actual: Decimal


@dataclass(frozen=True, slots=True)
class Sold:
    """What a unit invoiced on a day."""

    unit: str
    day: date
    net: Decimal


async def unit_summary(
    tx: Transaction, name: str, who: Principal, on: date
) -> contract.UnitSummary:
    """What a manager sees in the morning; as far as the units below are in scope."""
    unit = await organisation.unit(tx, name, who, on)
    below = await organisation.below(tx, unit, on)
    month = period_of(on, "month")
    sellers = await _sellers(tx, list(below), on, unit.currency)
    sold = await _sold(tx, list(below), unit.currency, month.start, on + timedelta(days=1))
    children = [child for child in below.values() if child.parent == unit.id]
    return contract.UnitSummary(
        unit=unit.id,
        name=unit.name,
        company=unit.company,
        on=on,
        month=month.label(),
        whole=standing(unit, below.keys(), sellers, sold),
        units=[
            standing(child, _below(child.id, below.values()), sellers, sold) for child in children
        ],
        people=list(_people(sellers, unit.currency)),
        run=list(run(sold, unit.currency)),
    )


async def _sellers(tx: Transaction, units: list[str], on: date, currency: str) -> list[Seller]:
    rows = await tx.driver.fetch(_PEOPLE, units, on, currency)
    return [Seller(*row.values()) for row in rows]


async def _sold(
    tx: Transaction, units: list[str], currency: str, start: date, end: date
) -> list[Sold]:
    rows = await tx.driver.fetch(_SALES, units, currency, start, end)
    return [Sold(*row.values()) for row in rows]


def _below(unit: str, units: Collection[Unit]) -> set[str]:
    found = {unit}
    while more := {each.id for each in units if each.parent in found} - found:
        found |= more
    return found


def standing(
    unit: Unit, below: Collection[str], sellers: Sequence[Seller], sold: Sequence[Sold]
) -> contract.UnitStanding:
    """A unit with everything below it: a parent never shows nothing when a child has something.

    Without any quota below it there is no target, which is not a target of zero.
    """
    theirs = [seller for seller in sellers if seller.unit in below]
    targets = [seller.target for seller in theirs if seller.target is not None]
    target = sum(targets, Decimal(0)) if targets else None
    actual = sum((seller.actual for seller in theirs), Decimal(0))
    sales = sum((each.net for each in sold if each.unit in below), Decimal(0))
    return contract.UnitStanding(
        unit=unit.id,
        name=unit.name,
        level=unit.level,
        target=None if target is None else Money(target, unit.currency),
        actual=Money(actual, unit.currency),
        attainment=fraction(actual, target),
        sales=Money(sales, unit.currency),
    )


def _people(sellers: Sequence[Seller], currency: str) -> Iterator[contract.RepStanding]:
    for seller in sellers:
        yield contract.RepStanding(
            person=seller.id,
            key=seller.key,
            name=seller.name,
            unit=seller.unit,
            target=None if seller.target is None else Money(seller.target, currency),
            actual=Money(seller.actual, currency),
            attainment=fraction(seller.actual, seller.target),
            rank=rank(seller, sellers),
        )


def rank(seller: Seller, sellers: Sequence[Seller]) -> int | None:
    """The place by attainment: one more than there are better ones, so equals share a place.

    Whoever has no target has no place.
    """
    if not seller.target:
        return None
    mine = seller.actual / seller.target
    return 1 + sum(other.actual / other.target > mine for other in sellers if other.target)


def run(sold: Sequence[Sold], currency: str) -> Iterator[contract.DayRun]:
    """Each day of the month with what was sold on it and so far."""
    days: dict[date, Decimal] = {}
    for each in sold:
        days[each.day] = days.get(each.day, Decimal(0)) + each.net
    so_far = Decimal(0)
    for day, net in sorted(days.items()):
        so_far += net
        yield contract.DayRun(day=day, net=Money(net, currency), so_far=Money(so_far, currency))
