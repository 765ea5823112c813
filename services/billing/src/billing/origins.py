"""Live facts and history in one batch of messages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TypeVar

from kernel.database import Transaction
from kernel.events import Event, Received

E = TypeVar("E", bound=Event)


def by_origin(tx: Transaction, messages: Sequence[Received[E]]) -> Iterator[list[Received[E]]]:
    """The messages in their order, in runs of one origin; what follows from a run has it too."""
    for origin, group in groupby(messages, key=lambda message: message.origin):
        tx.origin = origin
        yield list(group)
