from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.discounts import rules
from billing.discounts.model import Authority, Granted, Offered, Sold, State, Working
from kernel.money import DifferentCurrencies, Money

TODAY = date(2026, 3, 10)
NOTHING = Money.zero("MXN")


def mxn(amount: str) -> Money:
    return Money.of(amount, "MXN")


def offered(price: str = "90", quantity: str = "10", number: int = 1, **more: Any) -> Offered:
    usual = Offered(number, "DISC-280", Decimal(quantity), mxn("100"), mxn(price))
    return replace(usual, **more)


def worked(*lines: Offered, off: Money | Decimal = NOTHING) -> Working:
    return rules.work_out(lines or [offered()], off)


def matrix(
    role: str = "rep",
    line: tuple[str | None, str | None] = ("0.10", "500"),
    document: tuple[str | None, str | None] = ("0.10", "1000"),
    **more: Any,
) -> list[Authority]:
    def bound(scope: Any, rate: str | None, amount: str | None) -> Authority:
        return Authority(role, scope, "MXN", rate and Decimal(rate), amount and mxn(amount), **more)

    return [bound("line", *line), bound("document", *document)]


def test_the_working_says_what_is_taken_off_each_line():
    lines = [offered("90"), offered("100", "6", number=2)]
    working = worked(*lines, off=mxn("100"))
    assert [line.own for line in working.lines] == [mxn("100"), mxn("0")]
    assert [line.share for line in working.lines] == [mxn("60"), mxn("40")]
    assert (working.listed, working.discount, working.net) == (
        mxn("1600"),
        mxn("200"),
        mxn("1400"),
    )
    assert worked(*lines, off=Decimal("0.1")).net == mxn("1350")


@given(
    st.lists(st.tuples(st.integers(1, 9999), st.integers(1, 50)), min_size=1, max_size=6),
    st.integers(0, 100),
)
def test_the_lines_add_up_to_the_document_to_the_cent(prices: list[tuple[int, int]], off: int):
    lines = [
        offered(f"{Decimal(price).scaleb(-2)}", str(quantity), number)
        for number, (price, quantity) in enumerate(prices, start=1)
    ]
    left = Money.total((line.unit_price.times(line.quantity) for line in lines), "MXN")
    taken = left.share(Decimal(off) / 100)
    working = worked(*lines, off=taken)
    assert working.net == left - taken
    assert Money.total((line.net for line in working.lines), "MXN") == working.net


def test_a_discount_takes_off_something_and_no_more_than_all():
    with pytest.raises(rules.NothingOff):
        worked(offered("100"))
    with pytest.raises(rules.NothingOff):
        worked(offered("101"))
    assert worked(offered("0")).net == mxn("0")
    with pytest.raises(rules.MoreThanAll):
        worked(offered("-1"))
    with pytest.raises(rules.MoreThanAll):
        worked(off=mxn("900.01"))
    with pytest.raises(DifferentCurrencies):
        worked(offered(unit_price=Money.of("90", "USD")))


@pytest.mark.parametrize(
    ("line", "document", "may"),
    [
        (("0.10", None), ("0.10", None), True),
        (("0.0999", None), (None, None), False),
        ((None, None), ("0.0999", None), False),
        ((None, "100"), (None, "100"), True),
        ((None, "99.99"), (None, None), False),
        ((None, None), (None, "99.99"), False),
    ],
)
def test_rate_and_amount_of_line_and_document_all_bound_an_authority(
    line: Any, document: Any, may: bool
):
    assert bool(rules.roles_that_may(worked(), matrix("rep", line, document))) is may


def test_small_lines_do_not_hide_a_large_discount_on_one_of_them():
    lines = [offered("50", "1"), offered("100", "99", number=2)]
    working = worked(*lines)
    assert rules.rate_of(working.discount, working.listed) == Decimal("0.0050")
    assert not rules.roles_that_may(working, matrix())


def test_a_discount_of_the_document_counts_for_its_lines():
    assert rules.roles_that_may(worked(offered("90")), matrix()) == {"rep"}
    assert not rules.roles_that_may(worked(offered("90"), off=mxn("0.01")), matrix())


def test_below_the_floor_goes_only_who_is_allowed_to():
    at, below = (worked(offered(floor=mxn(floor))) for floor in ("90", "90.01"))
    everybody = [*matrix("rep"), *matrix("director", (None, None), (None, None), below_floor=True)]
    assert rules.roles_that_may(at, everybody) == {"rep", "director"}
    assert rules.who_decides(below, everybody) == {"director"}
    with pytest.raises(rules.NobodyMay):
        rules.who_decides(below, matrix("rep"))


def test_an_authority_needs_line_and_document_and_the_same_currency():
    assert not rules.roles_that_may(worked(), matrix()[:1])
    dollars = [replace(one, currency="USD") for one in matrix()]
    assert not rules.roles_that_may(worked(), dollars)


def test_what_is_granted_holds_on_its_last_day_and_not_on_the_next():
    until = rules.valid_until(TODAY, 0)
    assert rules.state_on(State.APPROVED, until, TODAY) is State.APPROVED
    tomorrow = date(2026, 3, 11)
    assert rules.state_on(State.APPROVED, until, tomorrow) is State.EXPIRED
    assert rules.state_on(State.REQUESTED, until, tomorrow) is State.EXPIRED
    assert rules.state_on(State.REJECTED, until, tomorrow) is State.REJECTED
    rules.check_decidable(until, TODAY, approve=True)
    rules.check_decidable(until, tomorrow, approve=False)
    with pytest.raises(rules.DiscountExpired):
        rules.check_decidable(until, tomorrow, approve=True)


def sold(net: str = "850", quantity: str = "10", **more: Any) -> Sold:
    return replace(Sold(1, "DISC-280", Decimal(quantity), mxn(net), mxn("90")), **more)


GRANTED = Granted(UUID(int=1), "DISC-280", Decimal(10), mxn("850"), TODAY)


def test_exactly_the_floor_is_kept_and_a_cent_less_is_a_breach():
    assert rules.breach(sold("900"), [], TODAY) is None
    found = rules.breach(sold("899.99"), [], TODAY)
    assert found is not None
    assert (found.least, found.short) == (mxn("900"), mxn("0.01"))
    assert rules.breach(sold("1", floor=None), [], TODAY) is None


@pytest.mark.parametrize(
    ("line", "on", "covered"),
    [
        (sold(), TODAY, True),
        (sold("85", "1"), TODAY, True),
        (sold("849.99"), TODAY, False),
        (sold("84.99", "1"), TODAY, False),
        (sold("935", "11"), TODAY, False),
        (sold(), date(2026, 3, 11), False),
        (sold(product="PAD-12"), TODAY, False),
    ],
)
def test_a_discount_covers_its_product_its_pieces_its_price_and_its_days(
    line: Sold, on: date, covered: bool
):
    assert (rules.breach(line, [GRANTED], on) is None) is covered
