"""Customers' cards as they come in: a report by customer says their number and name."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.customers.customer_changed import CustomerChangedV1
from kernel.database import Transaction
from kernel.events import Received
from kernel.inbox import Subscriptions
from targets.bulk import Sheet, put

CUSTOMERS = Sheet(
    "customers", ("id",), {"id": "uuid", "company": "text", "number": "text", "name": "text"}
)
subscriptions = Subscriptions()


@subscriptions.on_many(CustomerChangedV1)
async def keep_customers(tx: Transaction, messages: Sequence[Received[CustomerChangedV1]]) -> None:
    """Keep the newest card of each customer; an erased one has no name."""
    newest = {message.event.customer: message.event for message in messages}
    await put(
        tx,
        CUSTOMERS,
        (
            (card.customer, card.company, card.number, card.personal and card.personal.name)
            for card in newest.values()
        ),
    )
