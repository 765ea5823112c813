from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.dunning import rules
from billing.dunning.model import Delay, InterestTerms, Item, Level, Owed, Procedure
from billing.dunning.rules import (
    EarlierThanLevelBefore,
    LevelsNotInOrder,
    NoLastLevel,
    NotAFee,
    NotARate,
    RunBeforeLast,
    RunInTheFuture,
)
from billing.ledger.model import Whose
from kernel.money import Money, TooManyDecimals

from ..conftest import mxn, some

DUE = date(2026, 3, 10)
TERMS = InterestTerms(Decimal("0.36"), 360)


def day(n: int) -> date:
    """So many days after the due day."""
    return DUE + timedelta(days=n)


def procedure(*days: int, delay: Delay = Delay.DUE_DATE, **more: Any) -> Procedure:
    levels = tuple(Level(n, delay, after) for n, after in enumerate(days, start=1))
    return Procedure("acme", "normal", "Normal", **({"levels": levels} | more))


def item(level: int = 0, stepped_on: date | None = None, open_: str = "100") -> Item:
    whose = Whose(some("customer"), "acme", "mty", None)
    return Item(some("F-1"), whose, DUE, mxn(open_), level, stepped_on)


def level_after(days: int, at: Item, by: Procedure) -> int:
    step = rules.next_step(at, by, day(days))
    return step.level.number if step else at.level


def test_a_level_is_reached_on_its_day_and_not_the_day_before():
    seven = procedure(7, 14, 30)
    assert level_after(6, item(), seven) == 0
    assert level_after(7, item(), seven) == 1


def test_nothing_is_reminded_on_the_due_day_even_with_no_delay():
    assert level_after(0, item(), procedure(0)) == 0
    assert level_after(1, item(), procedure(0)) == 1


def test_one_run_is_one_step_however_long_it_is_overdue():
    seven = procedure(7, 14, 30)
    assert level_after(400, item(), seven) == 1
    assert level_after(400, item(1, day(400)), seven) == 2
    assert level_after(400, item(2, day(400)), seven) == 3


def test_after_the_last_level_there_is_no_more():
    assert level_after(400, item(3, day(30)), procedure(7, 14, 30)) == 3


def test_days_may_count_from_the_end_of_the_month_of_the_due_day():
    by = procedure(5, delay=Delay.END_OF_MONTH)
    assert rules.next_step(item(), by, date(2026, 4, 4)) is None
    assert rules.next_step(item(), by, date(2026, 4, 5)) is not None


def test_days_may_count_from_the_level_before():
    levels = (Level(1, Delay.DUE_DATE, 7), Level(2, Delay.LAST_LEVEL, 10))
    by = procedure(levels=levels)
    assert level_after(30, item(1, day(21)), by) == 1
    assert level_after(31, item(1, day(21)), by) == 2


def test_a_level_that_was_taken_out_of_the_procedure_is_not_waited_for():
    assert level_after(400, item(1, day(7)), procedure(7)) == 1
    assert level_after(400, item(2, day(7)), procedure(7, 14, 30)) == 3


@given(st.lists(st.integers(0, 60), min_size=1, max_size=5), st.integers(1, 20))
def test_runs_never_jump_and_never_repeat(delays: list[int], every: int):
    by = procedure(*sorted(delays))
    now, seen = item(), []
    for n in range(0, 200, every):
        step = rules.next_step(now, by, day(n))
        if step:
            seen.append(step.level.number)
            assert day(n) >= rules.reached_on(step.level, DUE, now.stepped_on)
            now = item(step.level.number, day(n))
    assert seen == list(range(1, len(seen) + 1))


@pytest.mark.parametrize(
    ("levels", "refusal"),
    [
        ((), LevelsNotInOrder),
        ((Level(2, Delay.DUE_DATE, 7),), LevelsNotInOrder),
        ((Level(1, Delay.LAST_LEVEL, 7),), NoLastLevel),
        ((Level(1, Delay.DUE_DATE, 7), Level(2, Delay.DUE_DATE, 6)), EarlierThanLevelBefore),
        ((Level(1, Delay.DUE_DATE, 7, mxn("1"), Decimal("0.1")),), NotAFee),
        ((Level(1, Delay.DUE_DATE, 7, mxn("0")),), NotAFee),
        ((Level(1, Delay.DUE_DATE, 7, fee_rate=Decimal("-0.1")),), NotAFee),
        ((Level(1, Delay.DUE_DATE, 7, mxn("0.001")),), TooManyDecimals),
    ],
)
def test_a_procedure_that_makes_no_sense_is_refused(levels: Any, refusal: Any):
    with pytest.raises(refusal):
        rules.checked(procedure(levels=levels))


def test_levels_may_come_on_the_same_day_and_still_take_a_run_each():
    assert rules.checked(procedure(7, 7)).levels[1].days == 7


def test_interest_needs_a_rate_and_a_year_of_banks_or_of_calendars():
    for rate, year in (("0", 360), ("0.1", 364)):
        with pytest.raises(NotARate):
            rules.checked(procedure(7, interest=InterestTerms(Decimal(rate), year)))
    assert rules.checked(procedure(7, interest=InterestTerms(Decimal("0.1"), 365)))


def test_runs_go_forward_and_not_into_the_future():
    today = date(2026, 3, 9)
    rules.check_run(today, None, today)
    with pytest.raises(RunInTheFuture):
        rules.check_run(today + timedelta(days=1), None, today)
    with pytest.raises(RunBeforeLast):
        rules.check_run(today - timedelta(days=1), today, today)


def test_a_fee_is_fixed_in_its_own_currency_or_a_part_of_what_is_open():
    fixed = Level(1, Delay.DUE_DATE, 7, mxn("50"))
    assert rules.fee(fixed, mxn("10")) == mxn("50")
    assert rules.fee(fixed, Money.of("10", "USD")) is None
    part = Level(1, Delay.DUE_DATE, 7, fee_rate=Decimal("0.015"))
    assert rules.fee(part, mxn("1000")) == mxn("15.00")
    assert rules.fee(part, mxn("0.33")) is None
    assert rules.fee(Level(1, Delay.DUE_DATE, 7), mxn("10")) is None


def owed(*changes: tuple[int, str]) -> list[Owed]:
    return [Owed(day(n), Decimal(amount)) for n, amount in changes]


def amounts(changes: list[Owed], until: int) -> list[tuple[int, Decimal]]:
    return [
        (line.days, line.amount) for line in rules.late_interest(changes, DUE, day(until), TERMS)
    ]


def test_interest_begins_with_the_first_day_late():
    invoice = owed((-30, "1000"))
    assert amounts(invoice, 0) == []
    assert amounts(invoice, 1) == [(1, Decimal(1))]


def test_a_part_payment_ends_interest_on_its_part_only():
    paid = owed((-30, "1000"), (10, "-400"))
    assert amounts(paid, 30) == [(10, Decimal(10)), (20, Decimal(12))]


def test_interest_survives_the_payment_of_the_principal():
    paid = owed((-30, "1000"), (10, "-1000"))
    assert amounts(paid, 10) == amounts(paid, 300) == [(10, Decimal(10))]


def test_what_was_paid_in_time_bears_none_and_a_payment_sent_back_bears_it_again():
    in_time = owed((-30, "1000"), (0, "-1000"))
    assert amounts(in_time, 90) == []
    assert amounts([*in_time, *owed((5, "1000"))], 15) == [(10, Decimal(10))]


def test_interest_is_rounded_once_and_charged_once():
    lines = rules.late_interest(owed((-1, "100.01")), DUE, day(7), TERMS)
    first = rules.interest(lines, mxn("0")).to_charge
    assert first == mxn("0.70")
    assert rules.interest(lines, first).to_charge == mxn("0")
    assert rules.interest(lines, mxn("5")).to_charge == mxn("0")


@given(
    st.lists(st.tuples(st.integers(-10, 60), st.integers(1, 500)), max_size=5),
    st.lists(st.integers(0, 80), min_size=1, max_size=6),
)
def test_charging_in_parts_comes_to_the_same_as_charging_at_the_end(
    payments: list[tuple[int, int]], runs: list[int]
):
    changes = owed((-20, "1000"), *((n, f"-{amount}") for n, amount in payments))
    charged = mxn("0")
    for until in sorted(runs):
        known = [each for each in changes if each.day <= day(until)]
        lines = rules.late_interest(known, DUE, day(until), TERMS)
        charged += rules.interest(lines, charged).to_charge
    at_once = rules.late_interest(changes, DUE, day(max(runs)), TERMS)
    assert charged == rules.interest(at_once, mxn("0")).to_charge


@given(st.lists(st.tuples(st.integers(-10, 40), st.integers(1, 300)), max_size=5))
def test_interest_is_what_was_owed_at_the_end_of_each_day_added_up(
    payments: list[tuple[int, int]],
):
    changes = owed((-20, "1000"), *((n, f"-{amount}") for n, amount in payments))
    ends = [
        sum((each.amount for each in changes if each.day <= day(n)), Decimal(0)) for n in range(45)
    ]
    expected = sum((max(end, Decimal(0)) for end in ends), Decimal(0)) / 1000
    lines = rules.late_interest(changes, DUE, day(45), TERMS)
    assert abs(sum(line.amount for line in lines) - expected) < Decimal("1e-20")
