"""Units and people arrive from targets, users from the gateway."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.gateway.user_changed import UserChangedV1
from contracts.targets.person_changed import PersonChangedV1
from contracts.targets.unit_changed import UnitChangedV1
from kernel.database import Transaction
from kernel.events import Received
from kernel.inbox import Subscriptions
from notifications.recipients.store import Recipients

subscriptions = Subscriptions()


@subscriptions.on_many(UnitChangedV1)
async def keep_units(tx: Transaction, messages: Sequence[Received[UnitChangedV1]]) -> None:
    """Take over units as they are now."""
    await Recipients(tx).keep_units([message.event for message in messages])


@subscriptions.on_many(PersonChangedV1)
async def keep_people(tx: Transaction, messages: Sequence[Received[PersonChangedV1]]) -> None:
    """Take over people as they are now."""
    await Recipients(tx).keep_people([message.event for message in messages])


@subscriptions.on(UserChangedV1)
async def keep_user(tx: Transaction, message: Received[UserChangedV1]) -> None:
    """Take over a user as they are now."""
    await Recipients(tx).keep_user(message.event)
