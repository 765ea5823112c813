"""What an event is: a fact in the past tense, with a version, told to whoever wants to know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

Kind = Literal["state", "fact"]
Origin = Literal["live", "import"]


class Message(BaseModel):
    """A body on the wire: unknown fields are ignored, so that a version can grow."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(Message):
    """The body of an event.

    `type` is `service.fact.vN`. `kind` says how a reader applies it: of a `state` the highest
    sequence of the entity wins; a `fact` is applied once, in any order. `entity` names the field
    that identifies what the event is about; `unit` is the branch where it happened. A field
    `personal`, where there is one, holds the personal data, which can be erased.
    """

    type: ClassVar[str]
    kind: ClassVar[Kind]
    entity: ClassVar[str]

    unit: str

    @property
    def entity_id(self) -> str:
        """The identifier of what this event is about."""
        return str(getattr(self, self.entity))


E_co = TypeVar("E_co", bound=Event, covariant=True)


@dataclass(frozen=True, slots=True)
class Received(Generic[E_co]):
    """An event as a subscriber gets it: the body and what the envelope says of it."""

    event: E_co
    id: UUID
    source: str
    """`/sites/<site>/<service>`."""
    sequence: int
    """Which event of this entity it is of this entity: 1, 2, 3 …"""
    position: int | None
    """The place in the owner's log; None for a row of a snapshot that has none yet."""
    logid: UUID
    origin: Origin
    occurred_at: datetime
    recorded_at: datetime
    correlation: UUID
    causation: UUID | None
    person: UUID | None
    """Whose business it is: the owner or rep, for those who see only their own."""
    headers: dict[str, str]
