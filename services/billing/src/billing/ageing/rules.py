"""How long what is owed has been overdue, in buckets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from kernel.problems import Refusal

USUAL = (30, 60, 90)
"""The last days of the buckets that everybody compares by."""


@dataclass(eq=False)
class BoundsOutOfOrder(Refusal):
    """The last days of the buckets must each be more than the one before."""

    code = "ageing.bounds-out-of-order"
    title = "The bounds must go up"
    bounds: list[int]


def bounds(asked: str) -> tuple[int, ...]:
    """The last day of each bucket, as asked for: from 1 on, each more than the one before.

    Raises:
        BoundsOutOfOrder

    Source: BI5.

    >>> bounds("15,45")
    (15, 45)
    >>> bounds("30,30")
    Traceback (most recent call last):
    billing.ageing.rules.BoundsOutOfOrder: ageing.bounds-out-of-order: The bounds must go up (bounds=[30, 30])
    """
    days = tuple(int(day) for day in asked.split(","))
    if any(last <= before for before, last in zip((0, *days), days, strict=False)):
        raise BoundsOutOfOrder(list(days))
    return days


@cache
def buckets(of: tuple[int, ...]) -> tuple[str, ...]:
    """The names of the buckets, the youngest first: 0 or fewer days is current.

    Source: BI5.

    >>> buckets((30, 60, 90))
    ('current', 'd1_30', 'd31_60', 'd61_90', 'over_90')
    """
    between = [f"d{before + 1}_{last}" for before, last in zip((0, *of), of, strict=False)]
    return ("current", *between, f"over_{of[-1]}")


@cache
def bucket(days: int, of: tuple[int, ...]) -> str:
    """The bucket of an item: the last day of a bucket is within it.

    Source: BI5.

    >>> [bucket(days, (30, 60)) for days in (-5, 0, 1, 30, 31, 60, 61)]
    ['current', 'current', 'd1_30', 'd1_30', 'd31_60', 'd31_60', 'over_60']
    """
    place = 0 if days <= 0 else 1 + sum(days > last for last in of)
    return buckets(of)[place]


def added_up(by_first_day: Mapping[int, Decimal], of: tuple[int, ...]) -> dict[str, Decimal]:
    """Amounts that are sorted by the first day of a finer bucket, added up to these buckets.

    Source: BI5.

    >>> parts = {0: Decimal(5), 1: Decimal(7), 16: Decimal(1), 31: Decimal(2)}
    >>> {name: int(sum_) for name, sum_ in added_up(parts, (30,)).items()}
    {'current': 5, 'd1_30': 8, 'over_30': 2}
    """
    sums = dict.fromkeys(buckets(of), Decimal(0))
    for first, amount in by_first_day.items():
        sums[bucket(first, of)] += amount
    return sums
