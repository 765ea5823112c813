from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.authorities.model import Authority
from billing.exposure import rules
from billing.exposure.model import (
    Commitment,
    CreditReserved,
    Exposure,
    HeldFor,
    Order,
    OrderClass,
    OrderHeld,
    State,
)
from kernel.money import Money

CUSTOMER, ORDER = UUID(int=7), UUID(int=1)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def mxn(amount: str) -> Money:
    return Money.of(amount, "MXN")


def exposure(limit: str | None = "50000", **parts: str) -> Exposure:
    amounts = {"receivable": "0", "ordered": "0", "reserved": "0", "unallocated": "0"} | parts
    return Exposure(
        CUSTOMER,
        None if limit is None else mxn(limit),
        **{name: mxn(amount) for name, amount in amounts.items()},
    )


def order(total: str = "100", currency: str = "MXN") -> Order:
    return Order(ORDER, "P-1", CUSTOMER, "refacciones", "mty", None, Money.of(total, currency))


def held(total: str = "100") -> Commitment:
    return Commitment(order(total), State.HELD, mxn("0"), missing=mxn("1"))


MANAGER = [Authority("manager", "MXN", mxn("100"))]


def test_an_order_of_exactly_the_available_amount_fits():
    fact = rules.reserve(exposure(receivable="46000"), ORDER, mxn("4000"))
    assert fact == CreditReserved(CUSTOMER, ORDER, mxn("4000"))


def test_an_order_one_cent_over_is_held_with_the_missing_cent():
    fact = rules.reserve(exposure(receivable="46000"), ORDER, mxn("4000.01"))
    assert fact == OrderHeld(CUSTOMER, ORDER, missing=mxn("0.01"))


def test_what_is_ordered_and_reserved_counts_and_what_is_not_yet_matched_is_taken_off():
    at = exposure("100", receivable="50", ordered="30", reserved="20", unallocated="10")
    assert rules.reserve(at, ORDER, mxn("10")) == CreditReserved(CUSTOMER, ORDER, mxn("10"))
    assert rules.reserve(at, ORDER, mxn("10.01")) == OrderHeld(CUSTOMER, ORDER, mxn("0.01"))


def test_no_limit_is_not_a_limit_of_zero():
    assert isinstance(rules.reserve(exposure(None), ORDER, mxn("1000000")), CreditReserved)
    assert rules.reserve(exposure("0"), ORDER, mxn("0.01")) == OrderHeld(
        CUSTOMER, ORDER, mxn("0.01")
    )


def test_below_a_lowered_limit_everything_is_missing_and_more():
    at = exposure("100", ordered="150")
    assert rules.reserve(at, ORDER, mxn("10")) == OrderHeld(CUSTOMER, ORDER, mxn("60"))


def test_there_is_no_credit_in_another_currency():
    usd = Money.of("1", "USD")
    assert rules.reserve(exposure(), ORDER, usd) == OrderHeld(
        CUSTOMER, ORDER, usd, HeldFor.CURRENCY
    )


def test_an_order_that_was_cancelled_before_it_came_stays_void_and_asks_for_nothing():
    nothing = Money.zero("XXX")
    before = rules.cancelled(None, Order(ORDER, "P-1", CUSTOMER, "c", "mty", None, nothing))
    after, fact = rules.placed(before, order(), exposure(), history=False)
    assert (after.state, fact, after.open) == (State.VOID, None, mxn("0"))


def test_what_is_delivered_of_a_cancelled_order_is_invoiced_all_the_same():
    nothing = Money.zero("XXX")
    before = rules.cancelled(None, Order(ORDER, "P-1", CUSTOMER, "c", "mty", None, nothing))
    after = rules.delivered(before, order("40"), mxn("40"), last=True)
    assert (after.state, after.invoiced, after.open) == (State.VOID, mxn("40"), mxn("0"))


def test_history_is_taken_without_a_decision():
    after, fact = rules.placed(None, order("900"), exposure("0"), history=True)
    assert (after.state, fact) == (State.RESERVED, None)


def test_a_delivery_in_parts_frees_what_it_invoices_and_the_last_frees_the_rest():
    ordered = rules.confirmed(None, order("100"))
    assert ordered.open == mxn("100")
    part = rules.delivered(ordered, order("40"), mxn("40"), last=False)
    assert (part.open, part.shown) == (mxn("60"), "ordered")
    whole = rules.delivered(part, order("50"), mxn("50"), last=True)
    assert (whole.open, whole.shown) == (mxn("0"), "invoiced")


@given(st.sampled_from(list(permutations(["placed", "confirmed", "part", "last"]))))
def test_facts_of_an_order_in_any_order_end_in_the_same_place(facts):
    known = None
    for fact in facts:
        if fact == "placed":
            known, _ = rules.placed(known, order("100"), exposure("1000"), history=False)
        elif fact == "confirmed":
            known = rules.confirmed(known, order("100"))
        else:
            known = rules.delivered(known, order("40"), mxn("40"), last=fact == "last")
    assert known is not None
    assert (known.order.total, known.invoiced, known.open) == (mxn("100"), mxn("80"), mxn("0"))
    assert (known.state, known.shown) == (State.ORDERED, "invoiced")


@given(st.permutations(["placed", "confirmed", "cancelled"]))
def test_a_cancelled_order_holds_nothing_whenever_we_hear_of_it(facts):
    known = None
    for fact in facts:
        if fact == "placed":
            known, _ = rules.placed(known, order("100"), exposure("1000"), history=False)
        else:
            known = getattr(rules, fact)(known, order("100"))
    assert known is not None
    assert (known.state, known.open) == (State.VOID, mxn("0"))


def test_an_order_of_exactly_the_authority_may_be_decided_and_a_cent_more_not():
    rules.decidable(held("100"), {"manager"}, MANAGER)
    with pytest.raises(rules.OrderAboveAuthority) as no:
        rules.decidable(held("100.01"), {"manager"}, MANAGER)
    assert (no.value.requested, no.value.authority) == (mxn("100.01"), mxn("100"))
    with pytest.raises(rules.OrderAboveAuthority):
        rules.decidable(held("100"), {"rep"}, MANAGER)


def test_a_released_order_takes_its_total_beyond_the_limit_and_a_rejected_one_nothing():
    released = rules.decided(held("100"), approved=True, expires_at=NOON)
    assert (released.state, released.open, released.expires_at) == (
        State.RESERVED,
        mxn("100"),
        NOON,
    )
    rejected = rules.decided(held("100"), approved=False, expires_at=NOON)
    assert (rejected.state, rejected.open) == (State.REJECTED, mxn("0"))


@pytest.mark.parametrize(
    ("state", "refusal"),
    [
        (State.VOID, rules.OrderCancelled),
        (State.RESERVED, rules.AlreadyDecided),
        (State.REJECTED, rules.AlreadyDecided),
        (State.ORDERED, rules.AlreadyDecided),
        (State.EXPIRED, rules.AlreadyDecided),
    ],
)
def test_an_order_is_decided_once_and_not_after_it_was_cancelled(state, refusal):
    with pytest.raises(refusal):
        rules.decidable(held().turned(state), {"manager"}, MANAGER)


def test_an_order_that_never_was_held_needs_no_decision():
    reserved, _ = rules.placed(None, order(), exposure(), history=False)
    with pytest.raises(rules.NotHeld):
        rules.decidable(reserved, {"manager"}, MANAGER)


def test_while_the_credit_is_blocked_an_order_that_would_fit_is_held_too():
    fact = rules.reserve(replace(exposure("100"), blocked=True), ORDER, mxn("100"))
    assert fact == OrderHeld(CUSTOMER, ORDER, mxn("0"), HeldFor.BLOCKED)
    no_limit = replace(exposure(None), blocked=True)
    assert rules.reserve(no_limit, ORDER, mxn("1")) == OrderHeld(
        CUSTOMER, ORDER, mxn("0"), HeldFor.BLOCKED
    )


@pytest.mark.parametrize(
    ("own", "group", "total", "expected"),
    [
        ("100", "60", "60", None),
        ("100", "60", "60.01", ("0.01", HeldFor.GROUP)),
        ("50", "60", "50.01", ("0.01", HeldFor.LIMIT)),
        (None, "60", "60.01", ("0.01", HeldFor.GROUP)),
        ("50", "60", "70", ("20", HeldFor.LIMIT)),
    ],
)
def test_in_a_group_an_order_has_to_fit_both_limits(own, group, total, expected):
    at = replace(exposure(own), group_available=mxn(group))
    fact = rules.reserve(at, ORDER, mxn(total))
    if expected is None:
        assert fact == CreditReserved(CUSTOMER, ORDER, mxn(total))
    else:
        missing, why = expected
        assert fact == OrderHeld(CUSTOMER, ORDER, mxn(missing), why)


@pytest.mark.parametrize(
    ("order_class", "state", "counts", "blocked"),
    [
        (OrderClass.ON_ACCOUNT, State.HELD, "0", State.HELD),
        (OrderClass.CALL_OFF, State.RESERVED, "0", State.HELD),
        (OrderClass.CASH, State.RESERVED, "0", State.RESERVED),
        (OrderClass.PREPAID, State.RESERVED, "0", State.RESERVED),
    ],
)
def test_the_class_of_an_order_says_whether_it_takes_credit(order_class, state, counts, blocked):
    wanted = replace(order("100"), order_class=order_class)
    after, _ = rules.placed(None, wanted, exposure("0"), history=False)
    assert (after.state, after.open) == (state, mxn(counts))
    after, _ = rules.placed(None, wanted, replace(exposure(), blocked=True), history=False)
    assert after.state is blocked
    confirmed = rules.confirmed(after, wanted)
    part = rules.delivered(confirmed, wanted, mxn("40"), last=False)
    expected = mxn("60") if order_class is OrderClass.ON_ACCOUNT else mxn("0")
    assert part.open == expected


def reservation(state: State = State.RESERVED, invoiced: str = "0") -> Commitment:
    return Commitment(order(), state, mxn(invoiced), expires_at=NOON)


def test_a_reservation_ends_at_its_time_and_stands_until_then():
    assert rules.expired(reservation(), NOON - timedelta(microseconds=1)) is None
    after = rules.expired(reservation(), NOON)
    assert after is not None
    assert (after.state, after.open) == (State.EXPIRED, mxn("0"))
    assert rules.expired(replace(reservation(), expires_at=None), NOON) is None


@pytest.mark.parametrize("state", [each for each in State if each is not State.RESERVED])
def test_only_what_is_reserved_expires(state):
    assert rules.expired(reservation(state), NOON) is None


def test_an_order_delivered_in_part_does_not_expire():
    assert rules.expired(reservation(invoiced="1"), NOON) is None


def test_an_order_confirmed_after_it_expired_stands():
    after = rules.expired(reservation(), NOON)
    assert rules.confirmed(after, order()).open == mxn("100")


LEVELS = [Decimal("0.8"), Decimal(1)]


@pytest.mark.parametrize(
    ("limit", "used", "reached"),
    [
        ("100", "79.99", "0"),
        ("100", "80", "0.8"),
        ("100", "99.99", "0.8"),
        ("100", "100", "1"),
        ("100", "500", "1"),
        ("0", "0", "0"),
        ("0", "0.01", "1"),
        (None, "1000000", "0"),
    ],
)
def test_a_threshold_is_reached_with_exactly_its_share_of_the_limit(limit, used, reached):
    assert rules.alert(exposure(limit, receivable=used), LEVELS) == Decimal(reached)
