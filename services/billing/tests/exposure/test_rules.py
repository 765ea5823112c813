from __future__ import annotations

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
    Order,
    OrderHeld,
    State,
)
from kernel.money import Money

CUSTOMER, ORDER = UUID(int=7), UUID(int=1)


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
    assert rules.reserve(exposure(), ORDER, usd) == OrderHeld(CUSTOMER, ORDER, usd)


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


def test_an_order_of_exactly_the_authority_may_be_released_and_a_cent_more_not():
    assert rules.released(held("100"), {"manager"}, MANAGER).state is State.RESERVED
    with pytest.raises(rules.OrderAboveAuthority) as no:
        rules.released(held("100.01"), {"manager"}, MANAGER)
    assert (no.value.requested, no.value.authority) == (mxn("100.01"), mxn("100"))


def test_who_could_not_release_an_order_cannot_reject_it_either():
    assert rules.rejected(held("100"), {"manager"}, MANAGER).state is State.REJECTED
    with pytest.raises(rules.OrderAboveAuthority):
        rules.rejected(held("100"), {"rep"}, MANAGER)


@pytest.mark.parametrize(
    ("state", "refusal"),
    [
        (State.VOID, rules.OrderCancelled),
        (State.RESERVED, rules.AlreadyDecided),
        (State.REJECTED, rules.AlreadyDecided),
        (State.ORDERED, rules.AlreadyDecided),
    ],
)
def test_an_order_is_decided_once_and_not_after_it_was_cancelled(state, refusal):
    with pytest.raises(refusal):
        rules.released(held().turned(state), {"manager"}, MANAGER)


def test_an_order_that_never_was_held_needs_no_decision():
    reserved, _ = rules.placed(None, order(), exposure(), history=False)
    with pytest.raises(rules.NotHeld):
        rules.rejected(reserved, {"manager"}, MANAGER)
