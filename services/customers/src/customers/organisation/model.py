"""Units and people as customers need them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the organisation; the company is the root of its tree."""

    id: str
    company: str
    name: str
    currency: str
    country: str | None
    """ISO 3166, its own or that of the nearest unit above; None when nobody said."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may own customers and orders."""

    id: UUID
    company: str
    name: str | None
    """None after an erasure."""
