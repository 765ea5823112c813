"""What people are told of, and whom a rule means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from uuid import UUID


class Relation(Enum):
    """Somebody who has to do with what happened."""

    THE_PERSON = "the person"
    """The rep of the order or invoice, the person whose quota it is."""
    THEIR_SUPERVISOR = "their supervisor"


@dataclass(frozen=True, slots=True)
class Role:
    """Those who have a role where it happened, or else at the nearest unit above."""

    role: str


Whom = Relation | Role


@dataclass(frozen=True, slots=True)
class Rule:
    """Whom a topic is told, in which words: `templates/<language>/<key>.txt`."""

    key: str
    topic: str
    to: tuple[Whom, ...]


@dataclass(frozen=True, slots=True)
class News:
    """Something that happened and that people are told of."""

    event: UUID
    topic: str
    unit: str
    person: UUID | None
    """The rep, or whose quota it is; None where nobody is named."""
    link: str
    """What it is about, as a path of the gateway."""
    figures: Mapping[str, Any] = field(default_factory=dict)
    """What the words speak of: amounts, days, numbers."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What one person is told."""

    id: UUID
    person: UUID
    news: News
    title: str
    text: str
