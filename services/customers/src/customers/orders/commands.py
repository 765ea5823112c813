"""Placing, deciding, cancelling, delivering and taking back orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from contracts.customers.orders import (
    CancelOrder,
    DeliverOrder,
    LineQuantity,
    NewLine,
    PlaceOrder,
    ReturnOrder,
)
from customers.orders import events, rules
from customers.orders.model import Decision, Delivery, GoodsReturn, Order, State, Step, Wish
from customers.orders.store import Orders
from kernel.context import within
from kernel.database import Transaction
from kernel.ids import uuid7
from kernel.problems import NotFound
from kernel.scope import Principal


async def place(tx: Transaction, asked: PlaceOrder, who: Principal, *, today: date) -> Order:
    """Place an order; billing answers it with credit reserved or with the order held."""
    named = who.person if who.own_only else asked.rep
    parties = await Orders(tx).parties(asked.customer, asked.unit, named)
    customer = rules.customer_of(parties, asked.customer)
    seller = rules.seller_of(parties, asked.rep, person=who.person, own_only=who.own_only)
    order = Order(
        id=uuid7(),
        number=asked.number or "",
        customer=customer.id,
        company=customer.company,
        unit=rules.unit_of(parties, asked.unit, who.units),
        rep=seller.id if seller else None,
        state=State.PLACED,
        origin="live",
        placed_on=asked.placed_on or today,
        terms_days=asked.terms_days,
        order_class=asked.order_class,
        goods=rules.priced([_wish(line) for line in asked.lines], customer.currency),
        customer_name=customer.name,
        rep_name=seller.name if seller else None,
    )
    kept = await _keep_under_a_number(tx, order)
    tx.announce(events.order_placed(kept), person=kept.rep)
    return kept


async def decide(tx: Transaction, decisions: Sequence[Decision]) -> None:
    """Take note of what billing decided; where the order has gone its way it changes nothing.

    Raises:
        NotFound: billing decided on an order that is not here: somebody has to look at it.
    """
    orders = Orders(tx)
    known = await orders.locked(decision.order for decision in decisions)
    moved: dict[UUID, Order] = {}
    for decision in decisions:
        before = known.get(decision.order)
        if before is None:
            raise NotFound("order", str(decision.order))
        after = rules.decided(before, decision)
        if after is not None:
            known[after.id] = moved[after.id] = after
            with within(decision.because):
                _tell(tx, after)
    await orders.move(*moved.values())


def _tell(tx: Transaction, decided: Order) -> None:
    if decided.state is State.CONFIRMED:
        tx.announce(events.order_confirmed(decided), person=decided.rep)
    if decided.state is State.CANCELLED:
        tx.announce(events.order_cancelled(decided), person=decided.rep)


async def cancel(tx: Transaction, asked: CancelOrder) -> Order:
    """Give an order up before anything of it is delivered."""
    order = await _locked(tx, asked.order)
    state = rules.may(order, Step.CANCEL)
    now = replace(order, state=state, missing=None, reason=asked.reason)
    await Orders(tx).move(now)
    tx.announce(events.order_cancelled(now), person=now.rep)
    return now


async def deliver(tx: Transaction, asked: DeliverOrder, *, today: date) -> Order:
    """Hand over all that remains of an order, or what is wanted of it."""
    order = await _locked(tx, asked.order)
    rules.may(order, Step.DELIVER_PART)
    earlier = [delivery.goods for delivery in order.deliveries]
    goods = rules.take(order.goods, earlier, _wanted(asked.lines), rules.MoreThanOrdered)
    complete = rules.is_all(order.goods, [*earlier, goods])
    day = rules.not_before(asked.delivered_on or today, order.placed_on)
    delivery = Delivery(uuid7(), day, rules.due_on(day, order.terms_days), goods)
    state = rules.may(order, Step.DELIVER_ALL if complete else Step.DELIVER_PART)
    now = replace(order, state=state, deliveries=(*order.deliveries, delivery))
    await Orders(tx).add_delivery(order, delivery)
    await Orders(tx).move(now)
    tx.announce(events.order_delivered(now, delivery, complete=complete), person=now.rep)
    return now


async def take_back(tx: Transaction, asked: ReturnOrder, *, today: date) -> Order:
    """Take back all that remains of a delivery, or what is wanted of it."""
    order = await _locked(tx, asked.order)
    rules.may(order, Step.RETURN_PART)
    delivery = rules.delivery_of(order, asked.delivery)
    earlier = order.returned_of(delivery.id)
    goods = rules.take(delivery.goods, earlier, _wanted(asked.lines), rules.MoreThanDelivered)
    if not goods.lines and earlier:
        raise rules.NothingRemains(order.number)
    day = rules.not_before(asked.returned_on or today, delivery.delivered_on)
    back = GoodsReturn(uuid7(), delivery.id, day, goods, asked.reason)
    now = replace(order, returns=(*order.returns, back))
    everything = rules.is_all(order.goods, [each.goods for each in now.returns])
    now = replace(now, state=rules.may(order, Step.RETURN_ALL if everything else Step.RETURN_PART))
    await Orders(tx).add_return(order, back)
    await Orders(tx).move(now)
    tx.announce(events.order_returned(now, back), person=now.rep)
    return now


async def _keep_under_a_number(tx: Transaction, order: Order) -> Order:
    orders = Orders(tx)
    if order.number:
        if not await orders.add(order):
            raise rules.DuplicateNumber(order.number)
        return order
    while True:  # until a number is drawn that nobody has given to an order by hand
        numbered = replace(order, number=await orders.next_number())
        if await orders.add(numbered):
            return numbered


async def _locked(tx: Transaction, order: UUID) -> Order:
    found = await Orders(tx).get(order, lock=True)
    if found is None:
        raise NotFound("order", str(order))
    return found


def _wish(line: NewLine) -> Wish:
    return Wish(line.product, line.description, line.quantity, line.unit_price, line.tax_rate)


def _wanted(lines: Sequence[LineQuantity] | None) -> dict[int, Decimal] | None:
    if lines is None:
        return None
    wanted: dict[int, Decimal] = {}
    for line in lines:
        if line.number in wanted:
            raise rules.LineTwice(line.number)
        wanted[line.number] = line.quantity
    return wanted
