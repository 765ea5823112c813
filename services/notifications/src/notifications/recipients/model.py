"""The people who are told something."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who can be told something, in their language."""

    person: UUID
    name: str
    email: str | None = None
    locale: str = "es"
