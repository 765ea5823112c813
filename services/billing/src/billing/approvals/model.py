"""Requests for something that needs an authority, and what people say to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from kernel.money import Money


class State(StrEnum):
    """How a request stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    """What it was about is gone: an order was cancelled."""


@dataclass(frozen=True, slots=True)
class Vote:
    """What one person said to a request."""

    person: UUID
    approve: bool
    alone: bool
    """Their authority needs no second person for the amount."""
    reason: str
    voted_at: datetime


@dataclass(frozen=True, slots=True)
class Approval:
    """A request with everything that was said to it; None is an amount without upper bound."""

    id: UUID
    act: str
    company: str
    unit: str
    customer: UUID | None
    subject: UUID
    amount: Money | None
    currency: str
    requested_by: UUID | None
    requested_at: datetime
    reason: str
    details: Mapping[str, Any] = field(default_factory=dict)
    only_roles: frozenset[str] | None = None
    """Besides the amount, only these roles have a say; None is whoever has the authority."""
    state: State = State.WAITING
    votes: tuple[Vote, ...] = ()
    decided_at: datetime | None = None

    @property
    def approved(self) -> bool:
        """Whether it may be done."""
        return self.state is State.APPROVED

    @property
    def decided_by(self) -> UUID | None:
        """Whose word decided it."""
        return self.votes[-1].person if self.votes and self.decided_at else None

    @property
    def verdict(self) -> str:
        """The reason given with the word that decided it."""
        return self.votes[-1].reason if self.votes else ""
