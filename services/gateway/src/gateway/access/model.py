"""Users, what they were granted, and what they carry to be known by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

EVERYWHERE = "*"
"""The unit of a grant that holds at every company, those not yet founded included."""

CredentialKind = Literal["session", "token"]


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """A role at a unit; it holds at the units below as well."""

    role: str
    unit: str


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may sign in; `person` is who they are in the organisation."""

    id: UUID
    username: str
    name: str
    email: str | None
    person: UUID
    locale: str
    active: bool
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class Credential:
    """A session or a token, as it is kept: the secret itself is known to its bearer only."""

    id: UUID
    kind: CredentialKind
    name: str
    created_at: datetime
    expires_at: datetime
