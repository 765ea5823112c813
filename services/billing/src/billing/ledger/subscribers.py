"""Deliveries and returns as customers tells of them."""

from __future__ import annotations

from collections.abc import Sequence

from billing.ledger import commands
from billing.origins import by_origin
from contracts.customers.order_delivered import OrderDeliveredV1
from contracts.customers.order_returned import OrderReturnedV1
from kernel.database import Transaction
from kernel.events import Received
from kernel.inbox import Subscriptions

subscriptions = Subscriptions()


@subscriptions.on_many(OrderDeliveredV1)
async def invoice(tx: Transaction, messages: Sequence[Received[OrderDeliveredV1]]) -> None:
    """What was delivered is invoiced."""
    for group in by_origin(tx, messages):
        deliveries = [message.event for message in group]
        await commands.invoice_deliveries(tx, deliveries, history=tx.origin == "import")


@subscriptions.on_many(OrderReturnedV1)
async def credit(tx: Transaction, messages: Sequence[Received[OrderReturnedV1]]) -> None:
    """What came back is credited."""
    for group in by_origin(tx, messages):
        await commands.credit_returns(tx, [message.event for message in group])
