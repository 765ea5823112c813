"""Units and people arrive from targets."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.targets.person_changed import PersonChangedV1
from contracts.targets.unit_changed import UnitChangedV1
from customers.organisation.store import Organisation
from kernel.database import Transaction
from kernel.events import Received
from kernel.inbox import Subscriptions

subscriptions = Subscriptions()


@subscriptions.on_many(UnitChangedV1)
async def keep_units(tx: Transaction, messages: Sequence[Received[UnitChangedV1]]) -> None:
    """Take over units as they are now."""
    await Organisation(tx).keep_units(messages)


@subscriptions.on_many(PersonChangedV1)
async def keep_people(tx: Transaction, messages: Sequence[Received[PersonChangedV1]]) -> None:
    """Take over people as they are now."""
    await Organisation(tx).keep_people(messages)
