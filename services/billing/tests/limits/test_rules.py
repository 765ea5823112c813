from __future__ import annotations

from datetime import date

import pytest

from billing.authorities.model import Authority, Reach
from billing.limits import rules
from kernel.money import Money, TooManyDecimals


def mxn(amount: str) -> Money:
    return Money.of(amount, "MXN")


AUTHORITIES = [Authority("manager", "MXN", mxn("50000")), Authority("director", "MXN", None)]


def test_exactly_the_authority_is_within_it_and_a_cent_more_is_not():
    assert rules.granted(mxn("50000"), "MXN", {"manager"}, AUTHORITIES) is Reach.ALONE
    with pytest.raises(rules.AboveAuthority) as no:
        rules.granted(mxn("50000.01"), "MXN", {"manager"}, AUTHORITIES)
    assert (no.value.requested, no.value.authority) == (mxn("50000.01"), mxn("50000"))


def test_who_has_no_authority_grants_nothing_but_zero():
    assert rules.granted(mxn("0"), "MXN", {"rep"}, AUTHORITIES) is Reach.ALONE
    with pytest.raises(rules.AboveAuthority):
        rules.granted(mxn("0.01"), "MXN", {"rep"}, AUTHORITIES)


def test_an_authority_in_one_currency_is_none_in_another():
    with pytest.raises(rules.AboveAuthority) as no:
        rules.granted(Money.of("1", "USD"), "USD", {"manager", "director"}, AUTHORITIES)
    assert no.value.authority == Money.zero("USD")


def test_only_an_authority_without_bound_lifts_every_limit():
    assert rules.granted(None, "MXN", {"director"}, AUTHORITIES) is Reach.ALONE
    with pytest.raises(rules.NoLimitAboveAuthority):
        rules.granted(None, "MXN", {"manager"}, AUTHORITIES)


def test_above_the_threshold_a_second_person_has_to_agree():
    director = [Authority("director", "MXN", None, second_above=mxn("1000"))]
    assert rules.granted(mxn("1000"), "MXN", {"director"}, director) is Reach.ALONE
    assert rules.granted(mxn("1000.01"), "MXN", {"director"}, director) is Reach.WITH_ANOTHER
    assert rules.granted(None, "MXN", {"director"}, director) is Reach.WITH_ANOTHER


TODAY = date(2026, 3, 2)


def test_a_limit_is_in_the_currency_of_the_credit():
    with pytest.raises(rules.LimitInOtherCurrency):
        rules.checked(Money.of("1", "USD"), "MXN", None, TODAY)


def test_a_limit_is_neither_negative_nor_finer_than_a_cent():
    assert rules.checked(mxn("0"), "MXN", None, TODAY) == mxn("0.00")
    with pytest.raises(rules.NegativeLimit):
        rules.checked(mxn("-0.01"), "MXN", None, TODAY)
    with pytest.raises(TooManyDecimals):
        rules.checked(mxn("1.001"), "MXN", None, TODAY)


def test_no_limit_is_for_good_and_a_temporary_one_lasts_until_today_at_least():
    assert rules.checked(None, "MXN", None, TODAY) is None
    assert rules.checked(mxn("1"), "MXN", TODAY, TODAY) == mxn("1.00")
    with pytest.raises(rules.TemporaryInThePast):
        rules.checked(mxn("1"), "MXN", date(2026, 3, 1), TODAY)
    with pytest.raises(rules.TemporaryWithoutAmount):
        rules.checked(None, "MXN", TODAY, TODAY)


def test_a_temporary_limit_holds_on_its_last_day_and_not_on_the_next():
    last = date(2026, 3, 31)
    assert rules.in_force(None, mxn("5"), last, last) == mxn("5")
    assert rules.in_force(None, mxn("5"), last, date(2026, 4, 1)) is None
    assert rules.in_force(mxn("9"), None, None, last) == mxn("9")
