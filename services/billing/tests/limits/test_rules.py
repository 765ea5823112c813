from __future__ import annotations

import pytest

from billing.authorities.model import Authority
from billing.limits import rules
from kernel.money import Money, TooManyDecimals


def mxn(amount: str) -> Money:
    return Money.of(amount, "MXN")


AUTHORITIES = [Authority("manager", "MXN", mxn("50000")), Authority("director", "MXN", None)]


def test_exactly_the_authority_is_within_it_and_a_cent_more_is_not():
    assert rules.granted(mxn("50000"), "MXN", {"manager"}, AUTHORITIES) == mxn("50000")
    with pytest.raises(rules.AboveAuthority) as no:
        rules.granted(mxn("50000.01"), "MXN", {"manager"}, AUTHORITIES)
    assert (no.value.requested, no.value.authority) == (mxn("50000.01"), mxn("50000"))


def test_who_has_no_authority_grants_nothing_but_zero():
    assert rules.granted(mxn("0"), "MXN", {"rep"}, AUTHORITIES) == mxn("0")
    with pytest.raises(rules.AboveAuthority):
        rules.granted(mxn("0.01"), "MXN", {"rep"}, AUTHORITIES)


def test_an_authority_in_one_currency_is_none_in_another():
    with pytest.raises(rules.AboveAuthority) as no:
        rules.granted(Money.of("1", "USD"), "USD", {"manager", "director"}, AUTHORITIES)
    assert no.value.authority == Money.zero("USD")


def test_a_limit_is_in_the_currency_of_the_credit():
    with pytest.raises(rules.LimitInOtherCurrency):
        rules.granted(Money.of("1", "USD"), "MXN", {"director"}, AUTHORITIES)


def test_only_an_authority_without_bound_lifts_every_limit():
    assert rules.granted(None, "MXN", {"director"}, AUTHORITIES) is None
    with pytest.raises(rules.NoLimitAboveAuthority):
        rules.granted(None, "MXN", {"manager"}, AUTHORITIES)


def test_a_limit_is_neither_negative_nor_finer_than_a_cent():
    with pytest.raises(rules.NegativeLimit):
        rules.granted(mxn("-1"), "MXN", {"director"}, AUTHORITIES)
    with pytest.raises(TooManyDecimals):
        rules.granted(mxn("1.001"), "MXN", {"director"}, AUTHORITIES)
