"""What the other capabilities ask about people."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from kernel.database import Transaction
from notifications.recipients.model import Recipient
from notifications.recipients.store import Recipients


async def with_role(tx: Transaction, role: str, unit: str) -> set[UUID] | None:
    """Those who have the role at the unit, or else at the nearest unit above it.

    None while nobody has told of the unit.
    """
    recipients = Recipients(tx)
    found = await recipients.with_role(role, unit)
    return found if found or await recipients.knows_unit(unit) else None


async def supervisor_of(tx: Transaction, person: UUID) -> set[UUID] | None:
    """Whom the person reports to, if to anybody; None while nobody has told of the person."""
    recipients = Recipients(tx)
    if not await recipients.knows_person(person):
        return None
    supervisor = await recipients.supervisor(person)
    return {supervisor} if supervisor else set()


async def named(tx: Transaction, persons: Collection[UUID]) -> dict[UUID, Recipient]:
    """Name, address and language of those who are known."""
    return await Recipients(tx).named(persons)
