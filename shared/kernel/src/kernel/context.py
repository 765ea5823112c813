"""What the work at hand belongs to: which request or message began it, and until when it matters.

A log line, an event and a span written anywhere below a door must say where they came from,
and rules and stores should not carry that along as arguments. So the doors (a request, a
message, a job) set it once, and whoever writes a line or an event reads it here.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from kernel.ids import uuid7

if TYPE_CHECKING:
    from kernel.events import Received


@dataclass(frozen=True, slots=True)
class Context:
    """The thread of one piece of work."""

    correlation: UUID = field(default_factory=uuid7)
    """What began it all: the same from the first request to the last effect."""
    causation: UUID | None = None
    """The event that this work answers; None for a request or a job."""
    traceparent: str | None = None
    """W3C trace context, as it came in."""
    deadline: float | None = None
    """The moment (`time.monotonic`) after which nobody waits for the answer any more."""

    def seconds_left(self) -> float | None:
        """How long the asker still waits; negative when nobody does; None when it is unknown."""
        return None if self.deadline is None else self.deadline - time.monotonic()


_current: ContextVar[Context | None] = ContextVar("gerencia_context", default=None)


def current() -> Context:
    """The context of the work at hand; outside every door a new one."""
    return _current.get() or Context()


@contextmanager
def within(context: Context) -> Iterator[Context]:
    """Do the work of the block in this context."""
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)


def following(message: Received[Any]) -> Context:
    """The context of what is done because of a message: its correlation, caused by it.

    The inbox sets it for every message of an `on` handler, and for the first message of a
    group given to an `on_many` handler, which may set it for each message by itself.
    """
    return Context(message.correlation, message.id, message.headers.get("traceparent"))
