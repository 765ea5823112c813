"""Working days by country."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from holidays import country_holidays

from kernel.period import Period

SATURDAY_AND_SUNDAY = frozenset({5, 6})


class WorkingCalendar:
    """The working days of a country, or of one of its states.

    Args:
        country: ISO 3166, two letters.
        subdivision: a state or region with holidays of its own.
        weekend: days of the week without work, Monday is 0.
        closed: further days without work, those of the company.

    >>> mexico = WorkingCalendar("MX")
    >>> mexico.is_working_day(date(2026, 9, 16))  # Independence Day, a Wednesday
    False
    """

    def __init__(
        self,
        country: str,
        subdivision: str | None = None,
        weekend: frozenset[int] = SATURDAY_AND_SUNDAY,
        closed: Iterable[date] = (),
    ) -> None:
        assert len(weekend) < 7, "somebody works on some day"
        self._holidays = country_holidays(country, subdiv=subdivision)
        self._weekend = weekend
        self._closed = frozenset(closed)

    def is_working_day(self, day: date) -> bool:
        """Whether people work on this day."""
        return not (day.weekday() in self._weekend or day in self._closed or day in self._holidays)

    def working_days(self, period: Period) -> int:
        """How many working days a period with an end has."""
        assert period.end is not None, "an open period has no number of days"
        return sum(map(self.is_working_day, period.days()))

    def add_working_days(self, day: date, n: int) -> date:
        """The n-th working day after `day`, before it when n is negative; n = 0 is the day itself.

        >>> WorkingCalendar("MX").add_working_days(date(2026, 9, 15), 1)
        datetime.date(2026, 9, 17)
        """
        step = timedelta(days=1 if n > 0 else -1)
        left = abs(n)
        while left:
            day += step
            left -= self.is_working_day(day)
        return day
