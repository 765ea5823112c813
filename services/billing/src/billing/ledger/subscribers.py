"""Deliveries and returns as customers tells of them."""

from __future__ import annotations

from collections.abc import Sequence

from billing.causes import causes
from billing.ledger import goods, rules
from contracts.customers.order_delivered import OrderDeliveredV1
from contracts.customers.order_returned import OrderReturnedV1
from kernel.database import Transaction
from kernel.events import Received
from kernel.inbox import Subscriptions

subscriptions = Subscriptions()


@subscriptions.on_many(OrderDeliveredV1)
async def invoice(tx: Transaction, messages: Sequence[Received[OrderDeliveredV1]]) -> None:
    """What was delivered is invoiced."""
    deliveries = [message.event for message in messages]
    heard = causes(messages, lambda event: rules.invoice_of(event.delivery))
    await goods.invoice_deliveries(tx, deliveries, heard, history=tx.origin == "import")


@subscriptions.on_many(OrderReturnedV1)
async def credit(tx: Transaction, messages: Sequence[Received[OrderReturnedV1]]) -> None:
    """What came back is credited."""
    returns = [message.event for message in messages]
    heard = causes(messages, lambda event: rules.credit_note_of(event.goods_return))
    await goods.credit_returns(tx, returns, heard)
