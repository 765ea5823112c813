"""Into which days may be posted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from kernel.problems import Refusal

ONE_DAY = timedelta(days=1)


@dataclass(eq=False)
class PeriodClosed(Refusal):
    """The day is in a closed period; the first day that is open may be used instead."""

    code = "periods.closed"
    title = "The day is in a closed period"
    day: date
    first_open: date


@dataclass(eq=False)
class ClosedInTheFuture(Refusal):
    """A period is closed when it is over, not before."""

    code = "periods.not-over"
    title = "The period is not over"
    through: date
    today: date


def first_open_day(through: date | None) -> date | None:
    """The day after the last closed one; None when nothing was ever closed.

    Source: BI4.

    >>> first_open_day(day("2026-02-28"))
    datetime.date(2026, 3, 1)
    """
    return None if through is None else through + ONE_DAY


def check_open(on: date, first_open: date | None) -> date:
    """Somebody who posts names a day that is open; the first open day is.

    Raises:
        PeriodClosed

    Source: BI4.

    >>> check_open(day("2026-03-01"), first_open=day("2026-03-01"))
    datetime.date(2026, 3, 1)
    >>> check_open(day("2026-02-28"), first_open=day("2026-03-01"))
    Traceback (most recent call last):
    billing.periods.rules.PeriodClosed: periods.closed: The day is in a closed period (day=2026-02-28, first_open=2026-03-01)
    """
    if first_open is not None and on < first_open:
        raise PeriodClosed(on, first_open)
    return on


def dated(on: date, first_open: date | None) -> date:
    """What an event brings cannot be refused: of a closed day, it counts on the first open one.

    Source: BI4.

    >>> dated(day("2026-02-27"), first_open=day("2026-03-01"))
    datetime.date(2026, 3, 1)
    """
    return on if first_open is None else max(on, first_open)


def check_over(through: date, today: date) -> date:
    """A period is closed through yesterday at the latest.

    Raises:
        ClosedInTheFuture

    Source: BI4.

    >>> check_over(day("2026-02-28"), today=day("2026-03-01"))
    datetime.date(2026, 2, 28)
    """
    if through >= today:
        raise ClosedInTheFuture(through, today)
    return through
