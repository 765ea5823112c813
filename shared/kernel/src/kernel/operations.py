"""What an operation is: a question that changes nothing, or a command that does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from kernel.events import Message

A = TypeVar("A", bound=BaseModel)

REP = "rep"
MANAGER = "manager"
COLLECTOR = "collector"
ANALYST = "analyst"
DIRECTOR = "director"
ADMINISTRATOR = "administrator"
EVERYONE = frozenset({REP, MANAGER, COLLECTOR, ANALYST, DIRECTOR, ADMINISTRATOR})


class Operation(BaseModel, Generic[A]):
    """A request to a service; a field it does not know is refused, so that a typo is not lost.

    `operation` is `service.verb-noun`, `answer` the model of the reply, `roles` who may ask.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    operation: ClassVar[str]
    answer: ClassVar[type[BaseModel]]
    roles: ClassVar[frozenset[str]] = EVERYONE


class Question(Operation[A], Generic[A]):
    """Asks for something and changes nothing."""


class Command(Operation[A], Generic[A]):
    """Changes something; sent again under the same key it gets the same answer."""


class Page(Message, Generic[A]):
    """One page of a list; `next` continues it and is None on the last page."""

    items: Sequence[A]
    next: str | None = None
