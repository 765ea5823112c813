"""Which message an event follows from, when many messages are handled together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar
from uuid import UUID

from kernel.context import Context, current, following, within
from kernel.events import Event, Received

E = TypeVar("E", bound=Event)
Causes = Mapping[UUID, Context]
"""By the id of what comes of it: an order, an invoice, a credit note."""


def causes(messages: Sequence[Received[E]], becomes: Callable[[E], UUID]) -> Causes:
    """What each message leads to, and the thread that leads back to the message."""
    return {becomes(message.event): following(message) for message in messages}


@contextmanager
def because(heard: Causes, of: UUID) -> Iterator[None]:
    """What is announced in this block follows from the message that led to this thing."""
    with within(heard.get(of) or current()):
        yield
