"""Half-open ranges of days: years, quarters, months and any other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Grain = Literal["year", "quarter", "month"]

_MONTHS: dict[Grain, int] = {"year": 12, "quarter": 3, "month": 1}


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` up to `end`, which is not included; without an end it is open.

    >>> Period.year(2013).contains(date(2013, 12, 31)), Period.year(2013).contains(date(2014, 1, 1))
    (True, False)
    """

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        assert self.end is None or self.start <= self.end, "a period ends after it starts"

    @classmethod
    def year(cls, year: int) -> Period:
        """A calendar year."""
        return cls(date(year, 1, 1), date(year + 1, 1, 1))

    @classmethod
    def quarter(cls, year: int, quarter: int) -> Period:
        """A calendar quarter, 1 to 4."""
        assert quarter in range(1, 5), "a year has four quarters"
        return period_of(date(year, 3 * quarter, 1), "quarter")

    @classmethod
    def month(cls, year: int, month: int) -> Period:
        """A calendar month, 1 to 12."""
        return period_of(date(year, month, 1), "month")

    @classmethod
    def parse(cls, label: str) -> Period:
        """Read what `label` writes.

        Raises:
            ValueError: it is no year, quarter or month.

        >>> Period.parse("2013-Q1") == Period.quarter(2013, 1)
        True
        """
        year, _, part = label.partition("-")
        if not (len(year) == 4 and year.isdecimal()):
            raise ValueError(f"{label!r} is not a period: write 2013, 2013-Q1 or 2013-01")
        if not part:
            return cls.year(int(year))
        if part in {"Q1", "Q2", "Q3", "Q4"}:
            return cls.quarter(int(year), int(part[1]))
        if len(part) == 2 and part.isdecimal() and 1 <= int(part) <= 12:
            return cls.month(int(year), int(part))
        raise ValueError(f"{label!r} is not a period: write 2013, 2013-Q1 or 2013-01")

    def contains(self, day: date) -> bool:
        """Whether the day lies in it."""
        return self.start <= day and (self.end is None or day < self.end)

    def overlaps(self, other: Period) -> bool:
        """Whether both have a day in common."""
        return not self.is_empty and not other.is_empty and self._reaches(other)

    def _reaches(self, other: Period) -> bool:
        starts_in_time = other.end is None or self.start < other.end
        return starts_in_time and (self.end is None or other.start < self.end)

    @property
    def is_empty(self) -> bool:
        """Whether it has no day at all."""
        return self.start == self.end

    def days(self) -> Iterator[date]:
        """Each of its days, in order; never ends when the period is open."""
        day = self.start
        while self.end is None or day < self.end:
            yield day
            day += timedelta(days=1)

    def label(self) -> str:
        """`2013`, `2013-Q1`, `2013-01`; any other range as `2013-01-15/2013-02-20`.

        >>> Period(date(2013, 5, 30), None).label()
        '2013-05-30/'
        """
        for grain in ("year", "quarter", "month"):
            if self == period_of(self.start, grain):
                return period_label(self.start, grain)
        return f"{self.start}/{self.end or ''}"

    def __str__(self) -> str:
        return self.label()


def period_of(day: date, grain: Grain) -> Period:
    """The year, quarter or month that a day lies in.

    >>> period_of(date(2013, 11, 30), "quarter")
    Period(start=datetime.date(2013, 10, 1), end=datetime.date(2014, 1, 1))
    """
    months = _MONTHS[grain]
    first = (day.month - 1) // months * months + 1
    after = first + months
    end = date(day.year + 1, 1, 1) if after > 12 else date(day.year, after, 1)
    return Period(date(day.year, first, 1), end)


def period_label(day: date, grain: Grain) -> str:
    """The label of the year, quarter or month that a day lies in.

    >>> [period_label(date(2013, 2, 28), grain) for grain in ("year", "quarter", "month")]
    ['2013', '2013-Q1', '2013-02']
    """
    if grain == "year":
        return f"{day.year:04}"
    if grain == "quarter":
        return f"{day.year:04}-Q{(day.month + 2) // 3}"
    return f"{day.year:04}-{day.month:02}"
