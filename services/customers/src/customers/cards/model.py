"""Customer cards and their contacts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Kind = Literal["company", "person"]


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to speak to at a customer."""

    id: UUID
    name: str
    job: str = ""
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of a customer; `name` is None after an erasure."""

    id: UUID
    number: str
    kind: Kind
    company: str
    unit: str
    owner: UUID | None
    currency: str
    name: str | None
    tax_id: str | None = None
    email: str | None = None
    phone: str | None = None
    active: bool = True
    contacts: tuple[Contact, ...] = ()
    unit_name: str = ""
    owner_name: str | None = None
