"""Mails, and what a mail server says to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class State(StrEnum):
    """Where a mail is on its way."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    """Handed to the server next; after a crash nobody knows whether it was."""
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Mail:
    """A notice on its way by e-mail."""

    notification: UUID
    recipient: str
    subject: str
    body: str
    made_at: datetime
    attempts: int
    """Counting the one that is being made."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The server took it: it will be delivered."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The server will never take it (5xx)."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Not taken for now (4xx), or cut off before the answer: it may have been taken."""

    reason: str


Outcome = Sent | Refused | Unknown


@dataclass(frozen=True, slots=True)
class Next:
    """What becomes of a mail after an attempt."""

    state: State
    due_at: datetime
    reason: str = ""
