"""What the gateway hears of the organisation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from contracts.targets.unit_changed import UnitChangedV1
from gateway.organisation import store
from gateway.organisation.projection import ORGANISATION
from gateway.organisation.tree import Unit
from kernel.inbox import Subscriptions

if TYPE_CHECKING:
    from kernel.database import Transaction
    from kernel.events import Received

subscriptions = Subscriptions()


@subscriptions.on_many(UnitChangedV1)
async def units_changed(tx: Transaction, messages: Sequence[Received[UnitChangedV1]]) -> None:
    """Keep the units as they are now; of one told twice the later holds."""
    latest = {message.event.entity_id: as_unit(message.event) for message in messages}
    await store.save(tx, list(latest.values()))
    ORGANISATION.heard()


def as_unit(event: UnitChangedV1) -> Unit:
    """The unit as the gateway keeps it."""
    return Unit(id=event.unit, company=event.company, parent=event.parent, name=event.name)
