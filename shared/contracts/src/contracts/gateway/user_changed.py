"""A user of the product was added or changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from kernel.events import Event, Message


class PersonalV1(Message):
    """What names the user; erased with it."""

    name: str
    email: str | None = None


class Grant(Message):
    """A role at a unit holds for the units below it too."""

    role: str
    unit: str


class UserChangedV1(Event):
    """Who may sign in, as whom and with which roles; `unit` is the first of them."""

    type: ClassVar = "gateway.user-changed.v1"
    kind: ClassVar = "state"
    entity: ClassVar = "user"

    user: UUID
    person: UUID
    """The person of the organisation, or the user's own id for somebody outside it."""
    grants: Sequence[Grant]
    locale: str = "es"
    active: bool = True
    personal: PersonalV1 | None = None
