from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.orders import rules
from customers.orders.model import Delivery, Goods, Line, Order, State, Step, Wish
from kernel.money import Money, TooManyDecimals


def mxn(amount: str) -> Money:
    return Money.of(amount, "MXN")


def wish(quantity: str = "1", price: str = "100", rate: str = "0.16", currency: str = "MXN"):
    return Wish("DISC-280", "", Decimal(quantity), Money.of(price, currency), Decimal(rate))


def line(number: int = 1, quantity: str = "3", net: str = "10", gross: str | None = "11.60"):
    return Line(number, "A", "", Decimal(quantity), mxn(net), mxn(gross) if gross else None)


def order(state: State, *deliveries: Delivery) -> Order:
    return Order(
        id=UUID(int=1),
        number="P-1",
        customer=UUID(int=2),
        company="refacciones",
        unit="mty",
        rep=None,
        state=state,
        origin="live",
        placed_on=date(2026, 3, 2),
        terms_days=30,
        goods=Goods((line(),), mxn("10"), mxn("11.60")),
        deliveries=deliveries,
    )


WHOLE = Goods((line(1), line(2, "1", "5", "5.80")), mxn("15"), mxn("17.40"))


def test_credit_that_stands_confirms_and_credit_that_lacks_holds():
    assert rules.after(State.PLACED, Step.RESERVED) is State.CONFIRMED
    assert rules.after(State.PLACED, Step.HELD) is State.HELD
    assert rules.after(State.HELD, Step.RELEASED) is State.CONFIRMED
    assert rules.after(State.HELD, Step.REJECTED) is State.CANCELLED


def test_a_decision_that_comes_too_late_changes_nothing():
    for state in set(State) - {State.PLACED, State.HELD}:
        for step in (Step.RESERVED, Step.HELD, Step.RELEASED, Step.REJECTED):
            assert rules.after(state, step) is None


def test_an_order_is_cancelled_only_before_its_first_delivery():
    assert rules.may(order(State.CONFIRMED), Step.CANCEL) is State.CANCELLED
    with pytest.raises(rules.NotInThisState):
        rules.may(order(State.PARTLY_DELIVERED), Step.CANCEL)


def test_nothing_is_delivered_of_an_order_that_waits_for_its_credit():
    for state in (State.PLACED, State.HELD, State.CANCELLED, State.DELIVERED):
        with pytest.raises(rules.NotInThisState):
            rules.may(order(state), Step.DELIVER_ALL)


def test_each_line_is_rounded_half_up_and_taxed_by_itself():
    goods = rules.priced([wish("0.5", "0.01"), wish("0.5", "0.03")], "MXN")
    assert [each.net for each in goods.lines] == [mxn("0.01"), mxn("0.02")]
    assert goods.net == mxn("0.03")
    assert goods.gross == mxn("0.03")


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        (wish(quantity="0"), rules.QuantityNotPositive),
        (wish(quantity="-1"), rules.QuantityNotPositive),
        (wish(price="-0.01"), rules.PriceNegative),
        (wish(price="1.005"), TooManyDecimals),
        (wish(currency="USD"), rules.WrongCurrency),
    ],
)
def test_a_line_with_a_fault_is_refused(wrong: Wish, refusal: type[Exception]):
    with pytest.raises(refusal):
        rules.priced([wish(), wrong], "MXN")


def test_what_is_free_of_charge_costs_nothing():
    assert rules.priced([wish(price="0")], "MXN").gross == mxn("0")


def test_all_that_remains_is_taken_when_nothing_is_said():
    first = rules.take(WHOLE, [], {1: Decimal(2)}, rules.MoreThanOrdered)
    rest = rules.take(WHOLE, [first], None, rules.MoreThanOrdered)
    assert rules.quantities([rest]) == {1: Decimal(1), 2: Decimal(1)}
    assert rules.is_all(WHOLE, [first, rest])
    assert not rules.is_all(WHOLE, [first])


def test_never_more_than_remains_is_taken():
    first = rules.take(WHOLE, [], {1: Decimal(2)}, rules.MoreThanOrdered)
    rules.take(WHOLE, [first], {1: Decimal(1)}, rules.MoreThanOrdered)
    with pytest.raises(rules.MoreThanOrdered) as refused:
        rules.take(WHOLE, [first], {1: Decimal("1.000001")}, rules.MoreThanOrdered)
    assert refused.value.remaining == 1


def test_a_line_that_is_not_there_cannot_be_taken():
    with pytest.raises(rules.UnknownLine):
        rules.take(WHOLE, [], {3: Decimal(1)}, rules.MoreThanOrdered)


def test_the_last_part_takes_what_the_lines_do_not_explain():
    imported = Goods((line(1, "2", "10.005", None),), mxn("10.1234"), mxn("12.3456"))
    first = rules.take(imported, [], {1: Decimal(1)}, rules.MoreThanDelivered)
    rest = rules.take(imported, [first], None, rules.MoreThanDelivered)
    assert first.net == mxn("5.00")
    assert first.gross == mxn("6.10")
    assert first.net + rest.net == imported.net
    assert first.gross + rest.gross == imported.gross


@given(
    net=st.decimals("0", "100000", places=2),
    pieces=st.lists(st.integers(1, 9), min_size=1, max_size=8),
)
def test_however_it_is_cut_the_parts_add_up_to_the_line(net: Decimal, pieces: list[int]):
    whole_line = line(1, str(sum(pieces)), str(net), str(net))
    whole = Goods((whole_line,), whole_line.net, whole_line.net)
    parts: list[Goods] = []
    for piece in pieces:
        parts.append(rules.take(whole, parts, {1: Decimal(piece)}, rules.MoreThanOrdered))
    assert Money.total((part.net for part in parts), "MXN") == whole.net
    assert Money.total((part.lines[0].net for part in parts), "MXN") == whole.net


def test_a_day_is_good_from_the_very_day_on():
    day = date(2026, 3, 2)
    assert rules.not_before(day, day) == day
    with pytest.raises(rules.TooEarly):
        rules.not_before(date(2026, 3, 1), day)


def test_of_several_deliveries_one_has_to_be_named():
    first, second = (
        Delivery(UUID(int=n), date(2026, 3, 2), date(2026, 4, 1), WHOLE) for n in (1, 2)
    )
    assert rules.delivery_of(order(State.DELIVERED, first), None) == first
    both = order(State.DELIVERED, first, second)
    assert rules.delivery_of(both, second.id) == second
    with pytest.raises(rules.WhichDelivery):
        rules.delivery_of(both, None)
    with pytest.raises(rules.UnknownDelivery):
        rules.delivery_of(both, UUID(int=3))


def test_a_rep_sells_in_their_own_name_and_a_manager_in_the_owners():
    ana, ben, eva = (UUID(int=n) for n in (1, 2, 3))
    assert rules.checked_rep(None, owner=ben, person=eva, own_only=False) == ben
    assert rules.checked_rep(ana, owner=ben, person=eva, own_only=False) == ana
    assert rules.checked_rep(None, owner=ben, person=ana, own_only=True) == ana
    with pytest.raises(rules.RepIsNotYou):
        rules.checked_rep(ben, owner=ben, person=ana, own_only=True)
