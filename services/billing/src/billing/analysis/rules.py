"""The figures of collection, each by its usual definition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from kernel.problems import Refusal

ZERO = Decimal(0)
DAYS_A_WEEK = 7
_DAYS = Decimal("0.01")
_RATIO = Decimal("0.0001")


@dataclass(eq=False)
class NoDays(Refusal):
    """A period has at least one day; its end is not part of it."""

    code = "analysis.no-days"
    title = "The period has no day"
    first: date
    to: date


@dataclass(frozen=True, slots=True)
class Collected:
    """A period of receivables: amounts of one currency, taxes included."""

    opening: Decimal = ZERO
    invoiced: Decimal = ZERO
    collected: Decimal = ZERO
    closing: Decimal = ZERO
    overdue: Decimal = ZERO
    """Of the closing balance."""

    @property
    def other(self) -> Decimal:
        """Interest and fees, less credit notes and write-offs: what explains the rest.

        Source: BI5.

        >>> Collected(opening=Decimal(10), invoiced=Decimal(5), closing=Decimal(12)).other
        Decimal('-3')
        """
        return self.closing - self.opening - self.invoiced + self.collected


def check_period(first: date, to: date) -> None:
    """A period ends after it begins.

    Raises:
        NoDays
    """
    if to <= first:
        raise NoDays(first, to)


def days_outstanding(open_: Decimal, invoiced: Decimal, days: int) -> Decimal | None:
    """Days sales outstanding: what is open, in days of what was invoiced in the period.

    Of a period without invoices it is not known. With what is not overdue for `open_` it is the
    best that can be had; the difference is what late payers cost.

    Source: BI5.

    >>> days_outstanding(Decimal(300), Decimal(600), days=30), days_outstanding(Decimal(5), ZERO, 30)
    (Decimal('15.00'), None)
    """
    if invoiced <= 0:
        return None
    return (open_ / invoiced * days).quantize(_DAYS, ROUND_HALF_UP)


def effectiveness(period: Collected) -> Decimal | None:
    """Collection effectiveness: what was collected of all that could be, as a fraction.

    (opening + invoiced - closing) / (opening + invoiced - closing not yet due). All that was due
    and is collected makes 1; with nothing that could be collected it is not known.

    Source: BI5.

    >>> effectiveness(Collected(Decimal(100), Decimal(50), ZERO, Decimal(60), overdue=Decimal(10)))
    Decimal('0.9000')
    """
    whole = period.opening + period.invoiced
    could_be = whole - (period.closing - period.overdue)
    if could_be <= 0:
        return None
    return ((whole - period.closing) / could_be).quantize(_RATIO, ROUND_HALF_UP)


def fraction(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """A part of a whole, to four decimals; of nothing it is not known.

    >>> fraction(1589, 2466), fraction(0, 0)
    (Decimal('0.6444'), None)
    """
    return (Decimal(part) / Decimal(whole)).quantize(_RATIO, ROUND_HALF_UP) if whole else None


def average(total: Decimal | int, of: Decimal | int) -> Decimal | None:
    """Days on average, to four decimals; of nothing it is not known.

    >>> average(65213, 2466)
    Decimal('26.4448')
    """
    return (Decimal(total) / Decimal(of)).quantize(_RATIO, ROUND_HALF_UP) if of else None


@dataclass(frozen=True, slots=True)
class Expected:
    """What is open and when it is expected: by weeks, later, or not to be told."""

    weeks: tuple[tuple[date, Decimal, int], ...]
    """First day, amount and number of items of each."""
    later: Decimal
    beyond_habit: Decimal
    disputed: Decimal


def expected(
    by_day: Mapping[date, tuple[Decimal, int]], disputed: Decimal, as_of: date, weeks: int
) -> Expected:
    """An item is expected as many days after its due day as its customer is usually late.

    One that should have come by that habit already is told apart: no day can be said, somebody
    must ask. So is what is disputed. The parts add up to what is open.

    Args:
        by_day: amounts and numbers of items, undisputed, by the day on which they are expected.
        weeks: of seven days each, the first from the day after `as_of`.

    Source: BI5.
    """
    begins = [as_of + timedelta(1 + DAYS_A_WEEK * n) for n in range(weeks)]
    sums = [(ZERO, 0)] * weeks
    later = beyond = ZERO
    for day, (amount, items) in by_day.items():
        week = (day - as_of).days - 1
        if week < 0:
            beyond += amount
        elif week >= weeks * DAYS_A_WEEK:
            later += amount
        else:
            before, count = sums[week // DAYS_A_WEEK]
            sums[week // DAYS_A_WEEK] = before + amount, count + items
    shown = tuple((day, *each) for day, each in zip(begins, sums, strict=True))
    return Expected(shown, later, beyond, disputed)
