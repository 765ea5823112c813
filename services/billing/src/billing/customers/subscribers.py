"""Cards as customers tells of them."""

from __future__ import annotations

from collections.abc import Sequence

from billing.customers import store
from contracts.customers.customer_changed import CustomerChangedV1
from kernel.database import Transaction
from kernel.events import Received
from kernel.inbox import Subscriptions

subscriptions = Subscriptions()


@subscriptions.on_many(CustomerChangedV1)
async def keep_cards(tx: Transaction, messages: Sequence[Received[CustomerChangedV1]]) -> None:
    """Keep cards as they are now, and open an account for each new one."""
    latest = list({message.event.customer: message.event for message in messages}.values())
    await store.keep_cards(tx, latest)
    await store.keep_accounts(tx, latest, history=tx.origin == "import")
