from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.customers.cards import ChangeCustomer
from contracts.customers.order_delivered import OrderDeliveredV1
from contracts.customers.order_placed import OrderPlacedV1
from contracts.customers.order_returned import OrderReturnedV1
from contracts.customers.orders import (
    CancelOrder,
    DeliverOrder,
    GetOrder,
    ListOrders,
    Order,
    PlaceOrder,
    ReturnOrder,
)
from contracts.samples import SAMPLES
from customers.orders import rules
from kernel.money import Money, TooManyDecimals
from kernel.problems import NotFound

from ..conftest import ANA, BEN, LINES, Customers, asks

RESERVED = SAMPLES["billing.credit-reserved.v1"]
HELD = SAMPLES["billing.order-held.v1"]
RELEASED = SAMPLES["billing.order-released.v1"]
REJECTED = SAMPLES["billing.order-rejected.v1"]
EXPIRED = SAMPLES["billing.reservation-expired.v1"]


def mxn(amount: str) -> Money:
    return Money.of(amount, "MXN")


async def decided(customers: Customers, order: Order, *decisions: Any, times: int = 1) -> Order:
    about = [each.model_copy(update={"order": order.order}) for each in decisions]
    await customers.hear(*about, times=times)
    return await customers.ask(GetOrder(order=order.order))


async def types(customers: Customers) -> list[str]:
    return [row.type.split(".")[1] for row in await customers.told()][1:]


async def test_a_placed_order_asks_for_credit_with_its_tax(customers: Customers):
    order = await customers.place(rep=BEN, placed_on=date(2026, 3, 2))
    assert (order.state, order.number, order.rep_name) == ("placed", "P-000001", "Ben")
    assert order.customer_name == "Talleres Peña"
    assert (order.net, order.gross) == (mxn("400.75"), mxn("464.87"))
    told = OrderPlacedV1.model_validate((await customers.told())[-1].body)
    assert told.gross == order.gross
    assert [line.number for line in told.lines] == [1, 2]
    assert (await customers.told())[-1].headers["ce-person"] == str(BEN)
    assert await customers.ask(GetOrder(order=order.order)) == order


@pytest.mark.parametrize(
    ("wrong", "refusal", "status"),
    [
        ({"customer": uuid4()}, rules.UnknownCustomer, 404),
        ({"unit": "nowhere"}, rules.UnknownUnit, 404),
        ({"unit": "otra"}, rules.UnknownUnit, 404),
        ({"rep": uuid4()}, rules.UnknownRep, 404),
        ({"number": "P-7"}, rules.DuplicateNumber, 409),
        ({"lines": [LINES[0], LINES[1] | {"quantity": "-2"}]}, rules.QuantityNotPositive, 422),
        (
            {"lines": [LINES[0] | {"unit_price": {"amount": "1", "currency": "USD"}}]},
            rules.WrongCurrency,
            422,
        ),
        (
            {"lines": [LINES[0] | {"unit_price": {"amount": "1.005", "currency": "MXN"}}]},
            TooManyDecimals,
            409,
        ),
    ],
)
async def test_an_order_with_a_fault_is_refused_and_nothing_is_written(
    customers: Customers, wrong: dict[str, Any], refusal: type[Exception], status: int
):
    first = await customers.place(number="P-7")
    asked = PlaceOrder(**{"customer": first.customer, "lines": LINES, **wrong})
    with pytest.raises(refusal) as refused:
        await customers.ask(asked)
    if refusal is not TooManyDecimals:  # its status is the kernel's
        assert customers.status_of(asked, refused.value) == status
    assert await types(customers) == ["order-placed"]


async def test_a_drawn_number_steps_over_one_that_was_given_by_hand(customers: Customers):
    first = await customers.place(number="P-000001")
    assert (await customers.place(customer=first.customer)).number == "P-000002"


async def test_a_customer_out_of_use_orders_nothing(customers: Customers):
    card = await customers.register()
    await customers.ask(ChangeCustomer(customer=card.customer, active=False))
    with pytest.raises(rules.CustomerNotInUse):
        await customers.place(customer=card.customer)


async def test_a_rep_sells_to_their_own_customers_only(customers: Customers):
    rep = asks("rep", person=ANA)
    mine = await customers.register(owner=ANA)
    order = await customers.ask(PlaceOrder(customer=mine.customer, lines=LINES), rep)
    assert order.rep == ANA
    theirs = await customers.register(owner=BEN)
    with pytest.raises(rules.UnknownCustomer):
        await customers.ask(PlaceOrder(customer=theirs.customer, lines=LINES), rep)


async def test_reserved_credit_confirms_the_order_once(customers: Customers):
    order = await customers.place()
    confirmed = await decided(customers, order, RESERVED, times=2)
    assert (confirmed.state, confirmed.confirmed_on) == ("confirmed", date(2026, 3, 2))
    assert await types(customers) == ["order-placed", "order-confirmed"]


async def test_a_held_order_shows_what_is_missing_until_it_is_released(customers: Customers):
    order = await customers.place()
    held = await decided(customers, order, HELD)
    assert (held.state, held.missing) == ("held", HELD.missing)
    released = await decided(customers, order, RELEASED)
    assert (released.state, released.missing) == ("confirmed", None)


async def test_a_release_that_is_heard_before_the_hold_stands(customers: Customers):
    order = await customers.place()
    assert (await decided(customers, order, RELEASED, HELD)).state == "confirmed"


async def test_an_order_whose_reservation_expired_is_cancelled_unless_it_went_ahead(
    customers: Customers,
):
    order = await customers.place()
    assert (await decided(customers, order, EXPIRED)).state == "cancelled"
    other = await customers.place(customer=order.customer)
    assert (await decided(customers, other, RESERVED, EXPIRED)).state == "confirmed"


async def test_how_an_order_is_paid_for_is_told_with_it(customers: Customers):
    order = await customers.place(order_class="prepaid")
    after = await decided(customers, order, RESERVED)
    assert (order.order_class, after.order_class) == ("prepaid", "prepaid")
    told = [row.body["order_class"] for row in (await customers.told())[1:]]
    assert told == ["prepaid", "prepaid"]
    usual = await customers.place(customer=order.customer)
    assert usual.order_class == "on-account"


async def test_a_rejected_order_is_cancelled_with_the_reason(customers: Customers):
    order = await customers.place()
    rejected = await decided(customers, order, HELD, REJECTED)
    assert (rejected.state, rejected.reason) == ("cancelled", REJECTED.reason)
    assert await types(customers) == ["order-placed", "order-cancelled"]


async def test_credit_for_a_cancelled_order_changes_nothing(customers: Customers):
    order = await customers.place()
    await customers.ask(CancelOrder(order=order.order, reason="El cliente desistió"))
    assert (await decided(customers, order, RESERVED)).state == "cancelled"
    assert await types(customers) == ["order-placed", "order-cancelled"]
    asked = CancelOrder(order=order.order)
    with pytest.raises(rules.NotInThisState) as refused:
        await customers.ask(asked)
    assert customers.status_of(asked, refused.value) == 409


async def test_a_decision_on_an_order_that_is_not_here_is_not_passed_over(customers: Customers):
    with pytest.raises(NotFound):
        await customers.hear(RESERVED)


async def test_a_delivery_makes_the_order_due_after_its_terms(customers: Customers):
    order = await customers.place(terms_days=15, placed_on=date(2026, 3, 2))
    await decided(customers, order, RESERVED)
    done = await customers.ask(DeliverOrder(order=order.order, delivered_on=date(2026, 3, 5)))
    [delivery] = done.deliveries
    assert done.state == "delivered"
    assert delivery.due_on == date(2026, 3, 20)
    assert await customers.ask(GetOrder(order=order.order)) == done
    told = OrderDeliveredV1.model_validate((await customers.told())[-1].body)
    assert (told.complete, told.net, told.gross) == (True, order.net, order.gross)


async def test_deliveries_in_parts_add_up_to_the_order(customers: Customers):
    order = await customers.place()
    await decided(customers, order, RESERVED)
    part = await customers.ask(
        DeliverOrder(order=order.order, lines=[{"number": 1, "quantity": "1"}])
    )
    assert part.state == "partly-delivered"
    assert [line.delivered for line in part.lines] == [1, 0]
    with pytest.raises(rules.MoreThanOrdered):
        await customers.ask(DeliverOrder(order=order.order, lines=[{"number": 1, "quantity": "3"}]))
    done = await customers.ask(DeliverOrder(order=order.order))
    assert done.state == "delivered"
    assert Money.total((each.gross for each in done.deliveries), "MXN") == order.gross
    completes = [row.body["complete"] for row in await customers.told() if "complete" in row.body]
    assert completes == [False, True]


async def test_a_line_named_twice_is_refused(customers: Customers):
    order = await customers.place()
    await decided(customers, order, RESERVED)
    with pytest.raises(rules.LineTwice):
        await customers.ask(
            DeliverOrder(order=order.order, lines=[{"number": 1, "quantity": "1"}] * 2)
        )


async def delivered(customers: Customers) -> Order:
    order = await customers.place(placed_on=date(2026, 3, 2))
    await decided(customers, order, RESERVED)
    return await customers.ask(DeliverOrder(order=order.order, delivered_on=date(2026, 3, 5)))


async def test_returned_goods_are_credited_up_to_what_was_delivered(customers: Customers):
    order = await delivered(customers)
    some = ReturnOrder(
        order=order.order,
        lines=[{"number": 1, "quantity": "2"}],
        returned_on=date(2026, 3, 6),
        reason="Golpeado",
    )
    first = await customers.ask(some)
    assert first.state == "delivered"
    assert first.lines[0].returned == 2
    with pytest.raises(rules.MoreThanDelivered):
        await customers.ask(some)
    rest = await customers.ask(ReturnOrder(order=order.order))
    assert rest.state == "returned"
    assert Money.total((each.gross for each in rest.returns), "MXN") == order.gross
    told = OrderReturnedV1.model_validate((await customers.told())[-2].body)
    assert (told.delivery, told.reason) == (order.deliveries[0].delivery, "Golpeado")
    with pytest.raises(rules.NotInThisState):
        await customers.ask(ReturnOrder(order=order.order))


async def test_nothing_happens_before_what_it_follows(customers: Customers):
    order = await customers.place(placed_on=date(2026, 3, 2))
    await decided(customers, order, RESERVED)
    with pytest.raises(rules.TooEarly):
        await customers.ask(DeliverOrder(order=order.order, delivered_on=date(2026, 3, 1)))
    await customers.ask(DeliverOrder(order=order.order, delivered_on=date(2026, 3, 5)))
    with pytest.raises(rules.TooEarly):
        await customers.ask(ReturnOrder(order=order.order, returned_on=date(2026, 3, 4)))


async def test_lists_go_from_the_newest_page_by_page(customers: Customers):
    first = await customers.place(placed_on=date(2026, 3, 1), rep=ANA)
    second = await customers.place(
        customer=first.customer, placed_on=date(2026, 3, 2), unit="gdl", rep=BEN
    )
    third = await customers.place(customer=first.customer, placed_on=date(2026, 3, 2))
    seen: list[UUID] = []
    after = None
    while True:
        page = await customers.ask(ListOrders(limit=2, after=after))
        seen += [row.order for row in page.items]
        after = page.next
        if after is None:
            break
    newest = sorted([second, third], key=lambda order: order.order, reverse=True)
    assert seen == [order.order for order in (*newest, first)]
    for asked, found in (
        ({"unit": "gdl"}, [second]),
        ({"rep": ANA}, [first]),
        ({"state": "held"}, []),
        ({"unit": "refacciones", "customer": first.customer}, [*newest, first]),
    ):
        page = await customers.ask(ListOrders(**asked))
        assert [row.order for row in page.items] == [order.order for order in found]


async def test_another_branchs_order_is_not_there(customers: Customers):
    order = await customers.place()
    in_gdl = asks("manager", units=("gdl",))
    for asked in (GetOrder(order=order.order), CancelOrder(order=order.order)):
        with pytest.raises(NotFound):
            await customers.ask(asked, in_gdl)
