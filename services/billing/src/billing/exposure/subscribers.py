"""Orders as customers tells of them."""

from __future__ import annotations

from collections.abc import Sequence

from billing.causes import causes
from billing.exposure import commands
from billing.exposure.model import Order, OrderClass
from contracts.customers.order_cancelled import OrderCancelledV1
from contracts.customers.order_confirmed import OrderConfirmedV1
from contracts.customers.order_placed import OrderPlacedV1
from kernel.database import Transaction
from kernel.events import Received
from kernel.inbox import Subscriptions
from kernel.money import Money

subscriptions = Subscriptions()

UNKNOWN_CURRENCY = "XXX"
"""ISO 4217's code for none: a cancellation says nothing of the amount."""


@subscriptions.on_many(OrderPlacedV1)
async def place(tx: Transaction, messages: Sequence[Received[OrderPlacedV1]]) -> None:
    """An order placed asks for credit."""
    orders = [_order(message.event, message.event.gross) for message in messages]
    heard = causes(messages, lambda event: event.order)
    await commands.place_orders(tx, orders, heard, history=tx.origin == "import")


@subscriptions.on_many(OrderConfirmedV1)
async def confirm(tx: Transaction, messages: Sequence[Received[OrderConfirmedV1]]) -> None:
    """A confirmed order stands; an import brings open orders in this way."""
    orders = [_order(message.event, message.event.gross) for message in messages]
    await commands.confirm_orders(tx, orders, history=tx.origin == "import")


@subscriptions.on_many(OrderCancelledV1)
async def cancel(tx: Transaction, messages: Sequence[Received[OrderCancelledV1]]) -> None:
    """A cancelled order frees its credit, also when this comes before the order."""
    nothing = Money.zero(UNKNOWN_CURRENCY)
    await commands.cancel_orders(tx, [_order(each.event, nothing) for each in messages])


def _order(event: OrderPlacedV1 | OrderConfirmedV1 | OrderCancelledV1, total: Money) -> Order:
    told = getattr(event, "order_class", OrderClass.ON_ACCOUNT)
    return Order(
        order=event.order,
        number=event.number,
        customer=event.customer,
        company=event.company,
        unit=event.unit,
        rep=event.rep,
        total=total,
        order_class=OrderClass(told),
    )
