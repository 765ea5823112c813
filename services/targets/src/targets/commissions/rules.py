"""What is earned on an invoice, and what a credit note takes back of it.

`store.py` says the same in SQL for any number of facts at once; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from kernel.money import Money
from kernel.problems import Refusal
from targets.commissions.model import Line, PlanVersion

RATE_OF_NET = "rate-of-invoiced-net"
MIRROR = "mirror-of-credit-note"


@dataclass(eq=False)
class RateOutOfRange(Refusal):
    """A rate is a fraction from 0 to 1: 0.012 is 1.2 %."""

    code = "commissions.rate-out-of-range"
    title = "The commission rate is not between 0 and 1"
    rate: Decimal


@dataclass(eq=False)
class OverlappingPlan(Refusal):
    """The person has a plan version already for some of these days."""

    code = "commissions.overlapping-plan"
    title = "The days overlap another plan version of the person"
    person: str
    valid: str
    other: str


@dataclass(eq=False)
class PlanOfAnother(Refusal):
    """A plan version stays with its person."""

    code = "commissions.plan-of-another"
    title = "The plan version belongs to another person"
    plan: str


def check_rate(rate: Decimal) -> None:
    """A rate is a fraction from 0 to 1; both ends are rates, too.

    Source: TA5.

    >>> check_rate(Decimal("0")), check_rate(Decimal("1"))
    (None, None)
    >>> check_rate(Decimal("1.2"))
    Traceback (most recent call last):
    targets.commissions.rules.RateOutOfRange: commissions.rate-out-of-range: ...
    """
    if not 0 <= rate <= 1:
        raise RateOutOfRange(rate)


def check_versions(name: str, version: PlanVersion, others: Iterable[PlanVersion]) -> None:
    """On each day a person has one plan version or none; adjoining ranges are free.

    Source: TA5.
    """
    for other in others:
        if other.id != version.id and other.valid.overlaps(version.valid):
            raise OverlappingPlan(name, version.valid.label(), other.valid.label())


def plan_of(versions: Iterable[PlanVersion], person: UUID, day: date) -> PlanVersion | None:
    """The plan version in force for a person on the invoice's own day; there may be none.

    Source: TA5.
    """
    return next(
        (each for each in versions if each.person == person and each.valid.contains(day)), None
    )


def earned(document: UUID, net: Decimal, plan: PlanVersion) -> Line:
    """An invoice earns the plan's rate of its net, exact; rounding comes once, at the end.

    | net | rate | commission |
    | 20 565.6206 | 1.2 % | 246.7874472 |
    | 100.00 | 0 % | 0.00 |

    Source: TA5.

    >>> from kernel.period import Period
    >>> plan = PlanVersion(
    ...     UUID(int=1), "acme", "mty", "2013", UUID(int=2), Decimal("0.012"), Period.year(2013))
    >>> earned(UUID(int=3), Decimal("20565.6206"), plan).amount
    Decimal('246.7874472')
    """
    return Line(document, plan.person, plan.id, RATE_OF_NET, net, plan.rate, net * plan.rate)


def mirrored(line: Line, note: UUID, net: Decimal, invoice_net: Decimal) -> Line:
    """A credit note takes back of each line what it takes back of the invoice, at that rate.

    The rate is the one then used, whatever the plan says by now. `net` of the credit note is
    negative.

    | invoice | rate | earned | credit note | taken back |
    | 1 000.00 | 2 % | 20.00 | 250.00 | -5.00 |
    | 1 000.00 | 2 % | 20.00 | 1 000.00 | -20.00 |

    Source: TA5.

    >>> line = Line(UUID(int=3), UUID(int=2), UUID(int=1), RATE_OF_NET,
    ...     Decimal("1000"), Decimal("0.02"), Decimal("20"))
    >>> mirrored(line, UUID(int=4), Decimal("-250"), Decimal("1000")).amount
    Decimal('-5.00')
    """
    basis = line.basis * net / invoice_net
    return Line(note, line.person, line.plan, MIRROR, basis, line.rate, basis * line.rate)


def statement(amounts: Sequence[Decimal], currency: str) -> Money:
    """What is paid for a period: the exact sum of its lines, rounded once, half up.

    | lines | sum | paid |
    | 0.004, 0.004 | 0.008 | 0.01 |

    Source: TA5, ADR "a statement rounds once".

    >>> statement([Decimal("0.004"), Decimal("0.004")], "MXN")
    Money('0.01 MXN')
    """
    return Money(sum(amounts, Decimal(0)), currency).rounded(rounding=ROUND_HALF_UP)
