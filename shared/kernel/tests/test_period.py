"""A period includes its first day and not the day after its last."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kernel.period import Grain, Period, period_label, period_of

DAYS = some.dates(date(1990, 1, 1), date(2090, 12, 30))
GRAINS: some.SearchStrategy[Grain] = some.sampled_from(["year", "quarter", "month"])
ONE_DAY = timedelta(days=1)


@given(DAYS, GRAINS)
def test_a_day_lies_in_its_own_period_and_in_no_other(day: date, grain: Grain) -> None:
    period = period_of(day, grain)
    assert period.end is not None
    assert period.contains(day)
    assert period_of(period.end - ONE_DAY, grain) == period
    assert not period.contains(period.end)
    assert not period.contains(period.start - ONE_DAY)


@given(DAYS, GRAINS)
def test_a_label_is_read_back(day: date, grain: Grain) -> None:
    period = period_of(day, grain)
    assert period.label() == period_label(day, grain)
    assert Period.parse(period.label()) == period


@given(DAYS, DAYS, DAYS, DAYS)
def test_periods_overlap_when_they_share_a_day(a: date, b: date, c: date, d: date) -> None:
    one, other = Period(min(a, b), max(a, b)), Period(min(c, d), max(c, d))
    first_common, end = max(one.start, other.start), min(max(a, b), max(c, d))
    assert one.overlaps(other) == other.overlaps(one) == (first_common < end)


def test_an_open_period_never_ends() -> None:
    still = Period(date(2013, 5, 30))
    assert still.contains(date(9999, 12, 31))
    assert still.overlaps(Period.year(2050))
    assert not still.overlaps(Period.year(2012))


def test_an_empty_period_overlaps_nothing() -> None:
    nothing = Period(date(2013, 5, 1), date(2013, 5, 1))
    assert not nothing.overlaps(Period.year(2013))


@pytest.mark.parametrize("text", ["", "13", "2013-Q5", "2013-13", "2013-1", "2013-00", "Q1-2013"])
def test_what_is_no_period_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match="is not a period"):
        Period.parse(text)


def test_a_year_has_four_quarters_and_twelve_months() -> None:
    quarters = [Period.quarter(2012, quarter) for quarter in range(1, 5)]
    months = [Period.month(2012, month) for month in range(1, 13)]
    days = list(Period.year(2012).days())
    assert len(days) == 366
    assert [day for period in quarters for day in period.days()] == days
    assert [day for period in months for day in period.days()] == days
