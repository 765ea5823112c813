from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.prices import rules
from billing.prices.model import Place, Price
from kernel.money import DifferentCurrencies, Money, TooManyDecimals

TODAY = date(2026, 3, 10)


def mxn(amount: str) -> Money:
    return Money.of(amount, "MXN")


def price(
    amount: str = "100", region: str = "acme", klass: str | None = None, **more: Any
) -> Price:
    begins = date.fromisoformat(more.pop("begins", "2026-01-01"))
    ends = more.pop("ends", None)
    place = Place("DISC-280", region, klass, "MXN")
    return Price(place, begins, ends and date.fromisoformat(ends), mxn(amount), **more)


def chosen(prices: list[Price], on: str, *regions: str, klass: str | None = None) -> Money | None:
    found = rules.select(prices, regions, klass, date.fromisoformat(on))
    return found and found.amount


def test_the_nearest_region_and_before_it_the_class_of_the_customer():
    listed = [price("100"), price("98", "norte"), price("97", "mty"), price("95", klass="taller")]
    assert chosen(listed, "2026-03-01", "mty", "norte", "acme") == mxn("97")
    assert chosen(listed, "2026-03-01", "saltillo", "norte", "acme") == mxn("98")
    assert chosen(listed, "2026-03-01", "mty", "norte", "acme", klass="taller") == mxn("95")
    assert chosen(listed, "2026-03-01", "mty", "norte", "acme", klass="flota") == mxn("97")
    assert chosen(listed, "2026-03-01", "gdl") is None


def test_a_price_holds_from_its_first_day_to_the_day_before_its_end():
    listed = [price("100"), price("80", begins="2026-03-02", ends="2026-03-05")]
    days = [chosen(listed, f"2026-03-0{day}", "acme") for day in (1, 2, 4, 5)]
    assert days == [mxn("100"), mxn("80"), mxn("80"), mxn("100")]
    assert chosen(listed, "2025-12-31", "acme") is None


@given(st.permutations([price("100"), price("98", "mty"), price("95", "mty", "taller")]))
def test_the_order_of_the_list_does_not_matter(listed: list[Price]):
    assert chosen(listed, "2026-03-01", "mty", "acme", klass="taller") == mxn("95")


def test_the_floor_leaves_the_least_margin_whole():
    known = price(cost=mxn("80"), least_margin=Decimal("0.15"))
    floor = rules.floor_of(known)
    assert floor == mxn("94.12")
    assert rules.margin_rate(floor, mxn("80")) >= Decimal("0.15")
    assert rules.floor_of(replace(known, floor=mxn("95"))) == mxn("95")
    assert rules.floor_of(replace(known, floor=mxn("90"))) == mxn("94.12")
    assert rules.floor_of(price()) is None


def test_the_floor_may_be_the_price_and_not_a_cent_more():
    rules.check_price(price("100", floor=mxn("100")))
    with pytest.raises(rules.FloorAbovePrice):
        rules.check_price(price("100", floor=mxn("100.01")))
    with pytest.raises(rules.FloorAbovePrice):
        rules.check_price(price("100", cost=mxn("90"), least_margin=Decimal("0.2")))


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        (price("0"), rules.PriceNotPositive),
        (price("-1"), rules.PriceNotPositive),
        (price("1.001"), TooManyDecimals),
        (price(cost=mxn("-1")), rules.PriceNotPositive),
        (price(floor=Money.of("1", "USD")), DifferentCurrencies),
        (price(least_margin=Decimal("0.1")), rules.MarginWithoutCost),
        (price(ends="2026-01-01"), rules.EndsBeforeItBegins),
    ],
)
def test_a_price_that_cannot_be_is_refused(wrong: Price, refusal: type[Exception]):
    with pytest.raises(refusal):
        rules.check_price(wrong)


def test_the_first_price_may_begin_in_the_past_and_a_later_one_only_today():
    rules.check_history([], price(), TODAY)
    rules.check_history([price()], price(), TODAY)
    rules.check_history([price()], price("110", begins="2026-03-10"), TODAY)
    with pytest.raises(rules.InForceAlready):
        rules.check_history([price()], price("110", begins="2026-03-09"), TODAY)
    with pytest.raises(rules.InForceAlready):
        rules.check_history([price()], price("110"), TODAY)


def test_a_price_that_is_still_ahead_may_change_and_one_in_force_may_end():
    ahead = price(begins="2026-03-11")
    rules.check_history([price(), ahead], replace(ahead, amount=mxn("120")), TODAY)
    rules.check_history([price()], price(ends="2026-03-11"), TODAY)
    with pytest.raises(rules.InForceAlready):
        rules.check_history([price()], price(ends="2026-03-10"), TODAY)
    with pytest.raises(rules.InForceAlready):
        rules.check_history([price(ends="2026-03-01")], price(ends="2026-04-01"), TODAY)
