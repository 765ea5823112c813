from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.money import DifferentCurrencies, TooManyDecimals
from kernel.period import Period
from targets.plan import rules
from targets.plan.model import Quota

from ..conftest import day, mxn, some

cents = st.integers(0, 10**12).map(lambda amount: mxn(str(Decimal(amount) / 100)))
weights = st.lists(st.decimals(0, 1000, places=2), min_size=1, max_size=20).filter(any)


@given(cents, weights)
def test_a_split_adds_up_to_the_total_to_the_cent(total: object, shares: list[Decimal]) -> None:
    parts = rules.split(total, [(some(str(i)), weight) for i, weight in enumerate(shares)])
    assert sum((part.amount for part in parts.values()), Decimal(0)) == total.amount
    assert all(part.amount >= 0 for part in parts.values())


@given(cents, weights)
def test_no_part_is_a_cent_or_more_from_its_exact_share(
    total: object, shares: list[Decimal]
) -> None:
    parts = rules.split(total, [(some(str(i)), weight) for i, weight in enumerate(shares)])
    for part, weight in zip(parts.values(), shares, strict=True):
        assert abs(part.amount - total.amount * weight / sum(shares)) < Decimal("0.01")


def test_a_total_is_not_split_over_nobody_twice_or_below_the_cent() -> None:
    with pytest.raises(rules.NoWeight):
        rules.split(mxn("100"), [(some("Ana"), Decimal(0))])
    with pytest.raises(rules.NamedTwice):
        rules.split(mxn("100"), [(some("Ana"), Decimal(1)), (some("Ana"), Decimal(1))])
    with pytest.raises(TooManyDecimals):
        rules.split(mxn("100.001"), [(some("Ana"), Decimal(1))])


def test_adjoining_periods_are_free_and_a_shared_day_is_not() -> None:
    march = Quota(some("q"), "acme", "mty", some("Ana"), None, Period.month(2026, 3), mxn("1"))
    rules.check_free("Ana", Period.month(2026, 4), [march])
    rules.check_free("Ana", Period.month(2026, 2), [march])
    with pytest.raises(rules.Overlapping):
        rules.check_free("Ana", Period(day("2026-03-31")), [march])


def test_a_target_is_in_the_company_s_currency() -> None:
    with pytest.raises(DifferentCurrencies):
        rules.check_target(mxn("1"), "USD")
