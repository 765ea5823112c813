"""Money is exact, keeps its currency, and a split always adds up."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import BaseModel, ValidationError

from kernel.money import DifferentCurrencies, Money, TooManyDecimals, UnknownCurrency, plain

CURRENCIES = some.sampled_from(["MXN", "USD", "JPY", "KWD"])
DECIMALS = some.decimals(-(10**12), 10**12, allow_nan=False, places=4)
WEIGHTS = some.lists(some.integers(0, 10_000), min_size=1, max_size=30).filter(sum)


def mxn(amount: str) -> Money:
    return Money.of(amount, "MXN")


class Bill(BaseModel):
    total: Money


@given(DECIMALS, CURRENCIES, WEIGHTS)
def test_a_split_adds_up(amount: Decimal, currency: str, weights: list[int]) -> None:
    whole = Money.of(amount, currency)
    parts = whole.split(weights)
    assert Money.total(parts, currency) == whole
    assert len(parts) == len(weights)


@given(some.integers(0, 10**12), WEIGHTS)
def test_a_part_is_within_one_cent_of_its_exact_share(cents: int, weights: list[int]) -> None:
    whole = Money(Decimal(cents) / 100, "MXN")
    for part, weight in zip(whole.split(weights), weights, strict=True):
        assert abs(part.amount - whole.amount * weight / sum(weights)) < Decimal("0.01")


@given(DECIMALS, DECIMALS, CURRENCIES)
def test_what_is_added_can_be_taken_away(one: Decimal, other: Decimal, currency: str) -> None:
    a, b = Money.of(one, currency), Money.of(other, currency)
    assert a + b - b == a
    assert a + b == b + a
    assert (a < b) == (one < other)


@given(DECIMALS, CURRENCIES)
def test_money_survives_the_wire(amount: Decimal, currency: str) -> None:
    bill = Bill(total=Money.of(amount, currency))
    assert Bill.model_validate_json(bill.model_dump_json()) == bill


def test_a_share_is_rounded_half_up() -> None:
    assert mxn("0.50").share(Decimal("0.05")) == mxn("0.03")
    assert mxn("0.49").share(Decimal("0.05")) == mxn("0.02")
    assert Money.of(50, "JPY").share(Decimal("0.01")) == Money.of(1, "JPY")


def test_currencies_do_not_mix() -> None:
    with pytest.raises(DifferentCurrencies) as refused:
        _ = mxn("1") + Money.of(1, "USD")
    assert refused.value.facts() == {"expected": "MXN", "given": "USD"}


def test_a_document_issued_here_has_whole_cents() -> None:
    assert mxn("1.50").in_minor_units() == mxn("1.50")
    with pytest.raises(TooManyDecimals):
        mxn("1.505").in_minor_units()


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(UnknownCurrency):
        Money.of(1, "XYZ")


@pytest.mark.parametrize(
    "wire",
    [
        '{"amount": 12.5, "currency": "MXN"}',
        '{"amount": "1e9", "currency": "MXN"}',
        '{"amount": "NaN", "currency": "MXN"}',
        '{"amount": "1.50", "currency": "pesos"}',
        '{"amount": "1.50", "currency": "XYZ"}',
        '{"amount": "1.50"}',
    ],
)
def test_what_is_not_money_is_not_read(wire: str) -> None:
    with pytest.raises(ValidationError):
        Bill.model_validate_json(f'{{"total": {wire}}}')


def test_decimals_are_written_plainly() -> None:
    assert plain(Decimal("1E+3")) == "1000.00"
    assert plain(Decimal("0E-8")) == "0.00"
    assert plain(Decimal("-0.1250")) == "-0.125"
