from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.expenses import rules
from billing.expenses.model import Budget, Cell, Change, Claim, Commitment, Line, Over, State
from kernel.money import DifferentCurrencies, Money, TooManyDecimals

MARCH = Cell("mty", "travel", date(2026, 3, 1), "MXN")
TODAY = date(2026, 3, 10)
ANA, EVA = UUID(int=1), UUID(int=3)
KNOWN = {"travel", "meals"}


def mxn(amount: str) -> Money:
    return Money.of(amount, "MXN")


def budget(amount: str | None = "1000", over: Over = Over.STOP, **used: str) -> Budget:
    return Budget(
        MARCH,
        None if amount is None else mxn(amount),
        mxn(used.get("committed", "0")),
        mxn(used.get("actual", "0")),
        over,
    )


def promised(amount: str) -> Change:
    return Change(committed=Decimal(amount))


def line(**more: object) -> Line:
    usual = Line(1, "travel", TODAY, mxn("100"), "Taxi", "sha256:" + "a" * 64)
    return replace(usual, **more)  # type: ignore[arg-type]


def claim(state: State = State.SUBMITTED) -> Claim:
    return Claim(UUID(int=9), "acme", "mty", ANA, "", state, mxn("100"), [line()])


def test_commitments_and_actual_expenses_fill_a_budget_together_to_the_cent():
    at = budget(committed="400", actual="500")
    after, passed = rules.take(at, promised("100"))
    assert (after.left, passed) == (mxn("0"), None)
    with pytest.raises(rules.OverBudget) as no:
        rules.take(at, promised("100.01"))
    assert (no.value.left, no.value.requested) == (mxn("100"), mxn("100.01"))


def test_a_category_that_warns_lets_it_pass_and_tells_it_once():
    at = budget(over=Over.WARN, actual="900")
    after, passed = rules.take(at, promised("150"))
    assert passed is not None
    assert passed.excess == mxn("50")
    assert rules.take(after, promised("10"))[1] is None


def test_no_budget_stops_nothing_and_a_budget_of_zero_stops_all():
    assert rules.take(budget(None), promised("5"))[0].left is None
    with pytest.raises(rules.OverBudget):
        rules.take(budget("0"), promised("0.01"))


def test_what_takes_no_more_than_before_is_never_stopped():
    lowered = budget("100", committed="400")
    approved = Change(committed=Decimal(-400), actual=Decimal(400))
    after, passed = rules.take(lowered, approved)
    assert (after.actual, after.left, passed) == (mxn("400"), mxn("-300"), None)


@given(
    amount=st.integers(0, 10**9),
    units=st.lists(st.integers(0, 50), min_size=1, max_size=8).filter(any),
    months=st.lists(st.integers(0, 50), min_size=12, max_size=12).filter(any),
)
def test_a_split_budget_adds_up_by_unit_and_in_all(
    amount: int, units: list[int], months: list[int]
):
    whole = Money(Decimal(amount).scaleb(-2), "MXN")
    weights = {f"u{n}": Decimal(weight) for n, weight in enumerate(units)}
    parts = rules.split_budget(whole, 2026, weights, [Decimal(each) for each in months])
    assert Money.total(parts.values(), "MXN") == whole
    by_unit = whole.split(units)
    for n, unit in enumerate(weights):
        mine = [part for (of, _), part in parts.items() if of == unit]
        assert len(mine) == 12
        assert Money.total(mine, "MXN") == by_unit[n]


def test_a_budget_is_not_negative_nor_finer_than_a_cent_nor_split_by_nothing():
    even = [Decimal(1)] * 12
    with pytest.raises(rules.NegativeBudget):
        rules.split_budget(mxn("-1"), 2026, {"mty": Decimal(1)}, even)
    with pytest.raises(TooManyDecimals):
        rules.check_budget(mxn("0.001"))
    with pytest.raises(rules.NothingToSplitBy):
        rules.split_budget(mxn("1"), 2026, {"mty": Decimal(0)}, even)
    assert rules.check_budget(mxn("0")) == mxn("0")


def test_a_claim_adds_up_and_each_expense_has_its_receipt():
    lines = [line(), line(line=2, amount=mxn("50.5"))]
    assert rules.check_claim(lines, KNOWN, TODAY) == mxn("150.5")
    with pytest.raises(rules.NoReceipt) as no:
        rules.check_claim([*lines, line(line=3, receipt=None)], KNOWN, TODAY)
    assert no.value.line == 3


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"spent_on": date(2026, 3, 11)}, rules.SpentInTheFuture),
        ({"amount": mxn("0")}, rules.NotPositive),
        ({"amount": mxn("-1")}, rules.NotPositive),
        ({"amount": mxn("1.001")}, TooManyDecimals),
        ({"category": "yachts"}, rules.UnknownCategory),
        ({"amount": Money.of("1", "USD")}, DifferentCurrencies),
    ],
)
def test_a_claim_is_refused_for_an_expense_that_cannot_be(
    wrong: dict[str, object], refusal: type[Exception]
):
    with pytest.raises(refusal):
        rules.check_claim([line(), line(line=2, **wrong)], KNOWN, TODAY)


def test_a_claim_takes_no_more_of_a_commitment_than_is_open():
    promise = Commitment(UUID(int=5), "acme", MARCH, mxn("300"), mxn("80"))
    assert rules.fulfils(line(), "mty", promise) == mxn("80")
    assert rules.fulfils(line(amount=mxn("79")), "mty", promise) == mxn("79")
    later = replace(promise, cell=replace(MARCH, month=date(2026, 2, 1)))
    assert rules.fulfils(line(), "mty", later) == mxn("80")


@pytest.mark.parametrize("other", [{"unit": "gdl"}, {"category": "meals"}, {"currency": "USD"}])
def test_a_commitment_for_something_else_is_not_fulfilled(other: dict[str, str]):
    cell = replace(MARCH, **other)  # type: ignore[arg-type]
    promise = Commitment(UUID(int=5), "acme", cell, mxn("300"), mxn("80"))
    with pytest.raises(rules.CommitmentOfOther):
        rules.fulfils(line(), "mty", promise)


def test_a_claim_is_decided_once_and_taken_back_only_by_its_maker():
    assert rules.decided(claim(), approve=True) is State.APPROVED
    assert rules.decided(claim(), approve=False) is State.REJECTED
    assert rules.withdrawn(claim(), ANA) is State.WITHDRAWN
    with pytest.raises(rules.NotYourClaim):
        rules.withdrawn(claim(), EVA)
    for state in (State.APPROVED, State.REJECTED, State.WITHDRAWN):
        with pytest.raises(rules.ClaimDecided):
            rules.decided(claim(state), approve=True)
        with pytest.raises(rules.ClaimDecided):
            rules.withdrawn(claim(state), ANA)
