"""The organisation as targets tells of it."""

from __future__ import annotations

from collections.abc import Sequence

from billing.organisation import store
from contracts.targets.person_changed import PersonChangedV1
from contracts.targets.unit_changed import UnitChangedV1
from kernel.database import Transaction
from kernel.events import Received
from kernel.inbox import Subscriptions

subscriptions = Subscriptions()


@subscriptions.on_many(UnitChangedV1)
async def keep_units(tx: Transaction, messages: Sequence[Received[UnitChangedV1]]) -> None:
    """Keep units as they are now."""
    await store.keep_units(tx, [message.event for message in messages])


@subscriptions.on_many(PersonChangedV1)
async def keep_people(tx: Transaction, messages: Sequence[Received[PersonChangedV1]]) -> None:
    """Keep people as they are now."""
    await store.keep_people(tx, [message.event for message in messages])
