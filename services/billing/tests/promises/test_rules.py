from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.promises import rules
from billing.promises.model import Instalment, Paid, Promise, State
from billing.promises.rules import (
    InstalmentsNotInOrder,
    MoreThanOwed,
    NothingPromised,
    PlanDoesNotAddUp,
    PromisedForThePast,
)
from kernel.money import DifferentCurrencies, Money, TooManyDecimals

from ..conftest import mxn, some

MADE = date(2026, 3, 2)


def day(n: int) -> date:
    return MADE + timedelta(days=n)


def promise(by: int = 10, amount: str = "100", name: str = "A", made: int = 0) -> Promise:
    return Promise(some(name), day(made), day(by), mxn(amount))


def paid(n: int, amount: str) -> Paid:
    return Paid(day(n), mxn(amount))


def state(promises: list[Promise], payments: list[Paid], today: int) -> list[str]:
    judged = rules.judge(promises, payments, day(today))
    return [judged[each.id].state.value for each in promises]


def test_a_promise_is_open_until_its_day_has_ended():
    assert state([promise()], [], 10) == ["open"]
    assert state([promise()], [], 11) == ["broken"]


def test_one_cent_less_breaks_it():
    assert state([promise()], [paid(10, "100")], 11) == ["kept"]
    assert state([promise()], [paid(10, "99.99")], 11) == ["broken"]


def test_what_came_before_it_was_made_or_after_its_day_does_not_count():
    assert state([promise()], [paid(-1, "100")], 11) == ["broken"]
    assert state([promise()], [paid(0, "100")], 11) == ["kept"]
    assert state([promise()], [paid(11, "100")], 11) == ["broken"]


def test_parts_add_up():
    assert state([promise()], [paid(3, "40"), paid(7, "60")], 7) == ["kept"]


def test_a_payment_keeps_the_earlier_promise_first_and_counts_once():
    two = [promise(10, name="A"), promise(5, name="B")]
    assert state(two, [paid(3, "100")], 6) == ["open", "kept"]
    assert state(two, [paid(3, "200")], 6) == ["kept", "kept"]


def test_money_in_another_currency_keeps_nothing():
    dollars = Paid(day(3), Money.of("100", "USD"))
    assert state([promise()], [dollars], 11) == ["broken"]


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(1, 20), st.integers(1, 300)), max_size=5),
    st.lists(st.tuples(st.integers(0, 30), st.integers(1, 300)), max_size=5),
)
def test_no_money_counts_twice(made: Any, payments: Any):
    promises = [
        promise(by + start, str(amount), str(n), made=start)
        for n, (start, by, amount) in enumerate(made)
    ]
    money = [paid(n, str(amount)) for n, amount in payments]
    judged = rules.judge(promises, money, day(40)).values()
    assert sum(each.paid.amount for each in judged) <= sum(each.amount.amount for each in money)


@pytest.mark.parametrize(
    ("amount", "by", "refusal"),
    [
        (mxn("0"), 0, NothingPromised),
        (mxn("1"), -1, PromisedForThePast),
        (mxn("100.01"), 0, MoreThanOwed),
        (mxn("1.001"), 0, TooManyDecimals),
        (Money.of("1", "USD"), 0, DifferentCurrencies),
    ],
)
def test_a_promise_that_means_nothing_is_refused(amount: Money, by: int, refusal: Any):
    with pytest.raises(refusal):
        rules.check_promise(amount, day(by), mxn("100"), MADE)
    assert rules.check_promise(mxn("100"), day(0), mxn("100"), MADE)


def plan(*parts: tuple[int, str]) -> list[Instalment]:
    return [Instalment(n, day(at), mxn(amount)) for n, (at, amount) in enumerate(parts, start=1)]


THREE = plan((10, "40"), (20, "30"), (30, "30"))


@pytest.mark.parametrize(
    ("paid_so_far", "today", "expected", "late", "missed"),
    [
        ("0", 10, State.OPEN, "0", None),
        ("0", 11, State.BROKEN, "40", 1),
        ("40", 20, State.OPEN, "0", None),
        ("69.99", 21, State.BROKEN, "0.01", 2),
        ("70", 30, State.OPEN, "0", None),
        ("100", 5, State.KEPT, "0", None),
    ],
)
def test_a_plan_is_broken_while_an_instalment_is_late(
    paid_so_far: str, today: int, expected: State, late: str, missed: int | None
):
    judged = rules.judge_plan(THREE, mxn(paid_so_far), day(today))
    assert (judged.state, judged.late, judged.missed) == (expected, mxn(late), missed)


@pytest.mark.parametrize(
    ("instalments", "refusal"),
    [
        (plan((10, "40"), (20, "59.99")), PlanDoesNotAddUp),
        (plan((10, "40"), (20, "60.01")), PlanDoesNotAddUp),
        (plan((10, "40"), (10, "60")), InstalmentsNotInOrder),
        (plan((-1, "40"), (10, "60")), PromisedForThePast),
        (plan((1, "100"), (10, "0")), NothingPromised),
        ((), PlanDoesNotAddUp),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(instalments: Any, refusal: Any):
    with pytest.raises(refusal):
        rules.check_plan(instalments, mxn("100"), MADE)
    rules.check_plan(THREE, mxn("100"), MADE)
