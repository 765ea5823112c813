"""The things the organisation's rules speak of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from kernel.period import Period


@dataclass(frozen=True, slots=True)
class Unit:
    """A company, region, branch or team; a company is its own root and has no parent."""

    id: str
    company: str
    key: str
    name: str
    level: str
    currency: str
    country: str | None
    active_from: date
    active_to: date | None
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """Where somebody works, as what and under whom, from a day on."""

    unit: str
    job: str
    supervisor: UUID | None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the organisation; `placement` is theirs on the day asked for."""

    id: UUID
    company: str
    key: str
    name: str
    email: str | None
    employed_from: date
    employed_to: date | None
    placement: Placement | None = None

    @property
    def employment(self) -> Period:
        """The days on which they are employed."""
        return Period(self.employed_from, self.employed_to)
