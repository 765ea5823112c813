"""Reviews of contracts, as the rules speak of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from kernel.money import Money


class Found(StrEnum):
    """What a reviewer says of a point of the checklist."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "not-applicable"


class State(StrEnum):
    """How far a review is."""

    OPEN = "open"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Item:
    """A point of the checklist, in the words of its readers."""

    key: str
    texts: Mapping[str, str]
    mandatory: bool = True
    role: str | None = None
    """Only somebody of this role answers it; None is whoever reviews."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody found, and what they noted."""

    item: str
    found: Found
    note: str
    by: UUID


@dataclass(frozen=True, slots=True)
class Review:
    """A contract before it is signed; its checklist is the one of the day it was opened."""

    id: UUID
    company: str
    unit: str
    requested_by: UUID
    value: Money
    state: State
    items: Sequence[Item]
    answers: Mapping[str, Answer]
