from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from billing.collection import rules
from billing.collection.model import Debtor
from kernel.money import Money

from ..conftest import mxn, some


def debtor(name: str = "A", overdue: str = "1000", **more: Any) -> Debtor:
    said = {"promised": mxn("0"), "oldest_days": 9, "level": 0, "levels": 3, "broken": 0}
    return Debtor(some(name), **({"overdue": mxn(overdue)} | said | more))


def names(*debtors: Debtor) -> list[Any]:
    known = {some(name): name for name in "ABCD"}
    return [known[line.debtor.customer] for line in rules.worklist(debtors)]


def test_each_reason_adds_its_part_of_the_risk_and_none_more_than_all_of_it():
    line = rules.ranked(debtor(oldest_days=45, level=3, broken=1))
    said = [(each.code, each.points, each.figure) for each in line.reasons]
    assert said == [
        ("days-overdue", Decimal("0.25"), 45),
        ("dunning-level", Decimal("0.2"), 3),
        ("broken-promises", Decimal("0.15"), 1),
    ]
    assert line.risk == Decimal("0.6")
    assert rules.ranked(debtor(oldest_days=900, level=9, broken=9)).risk == 1


def test_amount_times_risk_ranks_so_a_small_old_debt_may_go_before_a_large_new_one():
    assert names(debtor("A", "1000", oldest_days=10), debtor("B", "200", oldest_days=60)) == [
        "B",
        "A",
    ]


def test_a_broken_promise_returns_to_the_top():
    assert names(debtor("A", "1000000"), debtor("B", "1", broken=1)) == ["B", "A"]


def test_who_promised_all_of_it_is_not_asked_and_who_promised_less_is_asked_for_the_rest():
    assert names(debtor("A", "100", promised=mxn("100"))) == []
    (line,) = rules.worklist([debtor("A", "100", promised=mxn("99.99"))])
    assert line.to_ask == mxn("0.01")


def test_currencies_are_not_compared():
    dollars = {"overdue": Money.of("9", "USD"), "promised": Money.zero("USD")}
    assert names(debtor("A", "1"), replace(debtor("B"), **dollars)) == ["A", "B"]


@given(st.integers(0, 400), st.integers(0, 5), st.integers(0, 5), st.integers(0, 5))
def test_risk_lies_between_nothing_and_one(days: int, level: int, levels: int, broken: int):
    line = rules.ranked(debtor(oldest_days=days, level=level, levels=levels, broken=broken))
    assert 0 <= line.risk <= 1
