"""Orders as customers tells of them, compared with the price policy."""

from __future__ import annotations

from collections.abc import Sequence

from billing.causes import causes
from billing.discounts import commands
from contracts.customers.order_placed import OrderPlacedV1
from kernel.database import Transaction
from kernel.events import Received
from kernel.inbox import Subscriptions

subscriptions = Subscriptions()


@subscriptions.on_many(OrderPlacedV1)
async def look_at_prices(tx: Transaction, messages: Sequence[Received[OrderPlacedV1]]) -> None:
    """An order below the floor is told; what an import brings is history."""
    if tx.origin == "live":
        heard = causes(messages, lambda event: event.order)
        await commands.look_at_prices(tx, [message.event for message in messages], heard)
