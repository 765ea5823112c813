"""Working days leave out week-ends, holidays and the company's own days."""

from __future__ import annotations

from datetime import date

import pytest

from kernel.calendars import WorkingCalendar
from kernel.period import Period

MEXICO = WorkingCalendar("MX")


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 9, 15), True),
        (date(2026, 9, 16), False),  # independence
        (date(2026, 9, 19), False),  # a Saturday
        (date(2026, 1, 1), False),
    ],
)
def test_nobody_works_on_holidays_and_week_ends(day: date, works: bool) -> None:
    assert MEXICO.is_working_day(day) == works


def test_each_country_has_its_own_holidays() -> None:
    fourth_of_july = date(2025, 7, 4)
    assert MEXICO.is_working_day(fourth_of_july)
    assert not WorkingCalendar("US").is_working_day(fourth_of_july)


def test_working_days_of_a_month_are_counted() -> None:
    assert MEXICO.working_days(Period.month(2026, 9)) == 21
    assert (
        WorkingCalendar("MX", closed=[date(2026, 9, 1)]).working_days(Period.month(2026, 9)) == 20
    )


def test_a_week_end_may_be_another() -> None:
    friday_and_saturday = WorkingCalendar("AE", weekend=frozenset({4, 5}))
    assert friday_and_saturday.is_working_day(date(2026, 2, 8))  # a Sunday
    assert not friday_and_saturday.is_working_day(date(2026, 2, 6))


def test_working_days_are_added_and_taken_away() -> None:
    tuesday, thursday = date(2026, 9, 15), date(2026, 9, 17)
    assert MEXICO.add_working_days(tuesday, 1) == thursday
    assert MEXICO.add_working_days(thursday, -1) == tuesday
    assert MEXICO.add_working_days(tuesday, 0) == tuesday
