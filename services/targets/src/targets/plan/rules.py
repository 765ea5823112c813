"""What makes a quota, and how a total becomes quotas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from kernel.money import DifferentCurrencies, Money
from kernel.period import Period
from kernel.problems import Refusal
from targets.plan.model import Quota


@dataclass(eq=False)
class NotEmployed(Refusal):
    """The person is not employed on any day of the period."""

    code = "plan.not-employed"
    title = "The person is not employed in the period"
    person: str
    employed_from: date
    employed_to: date | None
    period: str


@dataclass(eq=False)
class Overlapping(Refusal):
    """The person has a quota already for some days of the period."""

    code = "plan.overlapping-quota"
    title = "The period overlaps another quota of the person"
    person: str
    period: str
    other: str


@dataclass(eq=False)
class NegativeTarget(Refusal):
    """A target below zero cannot be sold."""

    code = "plan.negative-target"
    title = "The target is negative"
    target: Money


@dataclass(eq=False)
class NoWeight(Refusal):
    """A total can only be split where somebody has a weight above zero."""

    code = "plan.no-weight"
    title = "No share has a weight"


@dataclass(eq=False)
class NamedTwice(Refusal):
    """A person has one share of a total."""

    code = "plan.named-twice"
    title = "A person is in the split twice"
    person: UUID


def check_target(target: Money, currency: str) -> None:
    """A target is in the company's currency and not negative; zero is a target.

    Source: TA2.

    >>> check_target(Money.of("0", "MXN"), "MXN")
    >>> check_target(Money.of("-0.01", "MXN"), "MXN")
    Traceback (most recent call last):
    targets.plan.rules.NegativeTarget: plan.negative-target: ...
    """
    if target.currency != currency:
        raise DifferentCurrencies(currency, target.currency)
    if target < Money.zero(currency):
        raise NegativeTarget(target)


def check_employed(name: str, employment: Period, period: Period) -> None:
    """A quota is for somebody who is employed on at least one day of its period.

    | employed | period | |
    | 15 March to 1 July | March | overlaps: taken |
    | from 1 April | March | refused |
    | to 1 March (the first day no longer) | March | refused |

    Source: TA2, DESIGN "a check against employment asks for overlap, not for a day".

    >>> check_employed("Ana", Period(date(2026, 3, 15)), Period.month(2026, 3))
    >>> check_employed("Ana", Period(date(2026, 4, 1)), Period.month(2026, 3))
    Traceback (most recent call last):
    targets.plan.rules.NotEmployed: plan.not-employed: ...
    """
    if not employment.overlaps(period):
        raise NotEmployed(name, employment.start, employment.end, period.label())


def check_free(name: str, period: Period, others: Iterable[Quota]) -> None:
    """No day counts towards two quotas of a person; adjoining periods are free.

    `others` are the person's quotas without the one that this replaces.

    Source: TA2.
    """
    for other in others:
        if other.period.overlaps(period):
            raise Overlapping(name, period.label(), other.period.label())


def same_period(period: Period, quotas: Iterable[Quota]) -> Quota | None:
    """The quota that a new target of this period replaces."""
    return next((quota for quota in quotas if quota.period == period), None)


def split(total: Money, shares: Sequence[tuple[UUID, Decimal]]) -> dict[UUID, Money]:
    """A total is split by weight; the parts add up to it, to the minor unit.

    | total | weights | parts |
    | 100.00 | 1, 1, 1 | 33.34, 33.33, 33.33 |
    | 100.00 | 3, 1, 0 | 75.00, 25.00, 0.00 |

    Source: TA2.

    >>> ana, eva = UUID(int=1), UUID(int=2)
    >>> [str(part) for part in split(Money.of("0.05", "MXN"), [(ana, 1), (eva, 1)]).values()]
    ['0.03 MXN', '0.02 MXN']
    """
    if not any(weight for _, weight in shares):
        raise NoWeight
    people = [person for person, _ in shares]
    for person in people:
        if people.count(person) > 1:
            raise NamedTwice(person)
    parts = total.in_minor_units().split([weight for _, weight in shares])
    return dict(zip(people, parts, strict=True))
