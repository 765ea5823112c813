"""What others hear of an order."""

from __future__ import annotations

from typing import TypedDict
from uuid import UUID

from contracts.customers.order_cancelled import OrderCancelledV1
from contracts.customers.order_confirmed import OrderConfirmedV1
from contracts.customers.order_delivered import OrderDeliveredV1
from contracts.customers.order_placed import OrderPlacedV1
from contracts.customers.order_returned import OrderReturnedV1
from contracts.lines import Line as LineOnWire
from customers.orders.model import Delivery, Goods, GoodsReturn, Order


class _Whose(TypedDict):
    order: UUID
    number: str
    customer: UUID
    company: str
    unit: str
    rep: UUID | None


def order_placed(order: Order) -> OrderPlacedV1:
    """It asks for credit."""
    return OrderPlacedV1(
        **_whose(order),
        placed_on=order.placed_on,
        net=order.goods.net,
        gross=order.goods.gross,
        lines=lines_on_wire(order.goods),
        order_class=order.order_class,
    )


def order_confirmed(order: Order) -> OrderConfirmedV1:
    """It goes ahead."""
    assert order.confirmed_on is not None
    return OrderConfirmedV1(
        **_whose(order),
        confirmed_on=order.confirmed_on,
        net=order.goods.net,
        gross=order.goods.gross,
        order_class=order.order_class,
    )


def order_cancelled(order: Order) -> OrderCancelledV1:
    """It will not be delivered."""
    return OrderCancelledV1(**_whose(order), reason=order.reason)


def order_delivered(order: Order, delivery: Delivery, *, complete: bool) -> OrderDeliveredV1:
    """All or some of it was handed over."""
    return OrderDeliveredV1(
        **_whose(order),
        delivery=delivery.id,
        delivered_on=delivery.delivered_on,
        due_on=delivery.due_on,
        net=delivery.goods.net,
        gross=delivery.goods.gross,
        lines=lines_on_wire(delivery.goods),
        complete=complete,
    )


def order_returned(order: Order, goods_return: GoodsReturn) -> OrderReturnedV1:
    """Goods of a delivery came back."""
    return OrderReturnedV1(
        **_whose(order),
        delivery=goods_return.delivery,
        goods_return=goods_return.id,
        returned_on=goods_return.returned_on,
        net=goods_return.goods.net,
        gross=goods_return.goods.gross,
        lines=lines_on_wire(goods_return.goods),
        reason=goods_return.reason,
    )


def lines_on_wire(goods: Goods) -> list[LineOnWire]:
    """The lines of a document as others read them."""
    return [
        LineOnWire(
            number=line.number,
            product=line.product,
            description=line.description,
            quantity=line.quantity,
            net=line.net.amount,
            gross=None if line.gross is None else line.gross.amount,
        )
        for line in goods.lines
    ]


def _whose(order: Order) -> _Whose:
    return {
        "order": order.id,
        "number": order.number,
        "customer": order.customer,
        "company": order.company,
        "unit": order.unit,
        "rep": order.rep,
    }
