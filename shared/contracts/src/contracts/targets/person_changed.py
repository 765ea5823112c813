"""A person of the organisation was added or changed."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from kernel.events import Event, Message


class PersonalV1(Message):
    """What names the person; erased with it."""

    name: str
    email: str | None = None


class PersonChangedV1(Event):
    """A person as placed now: `unit` is where they work."""

    type: ClassVar = "targets.person-changed.v1"
    kind: ClassVar = "state"
    entity: ClassVar = "person"

    person: UUID
    key: str
    company: str
    job: str
    supervisor: UUID | None
    employed_from: date
    employed_to: date | None = None
    """The first day no longer employed."""
    personal: PersonalV1 | None = None
