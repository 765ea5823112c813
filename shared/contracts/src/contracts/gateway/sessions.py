"""Signing in, and what the gateway says of who did.

These never travel on the bus: a password and a token stay between the browser and the gateway.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from contracts.gateway.users import GivenGrant, Locale
from kernel.events import Message


class SignIn(Message):
    """User and password."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    user: Annotated[str, Field(max_length=64)]
    password: str = Field(max_length=200, repr=False)


class Me(Message):
    """Who is signed in, and what they may see."""

    user: UUID
    username: str
    name: str
    person: UUID
    roles: Sequence[str]
    grants: Sequence[GivenGrant]
    units: Sequence[str]
    """All units in scope."""
    own_only: bool
    """Sees own customers and orders only."""
    locale: Locale
    expires_at: datetime


class NewToken(Message):
    """A token for a script; `user` is somebody else's, for administrators."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=100)]
    days: Annotated[int, Field(ge=1, le=366)] = 30
    user: str | None = None


class Token(Message):
    """A token as it is shown later: without its secret."""

    id: UUID
    name: str
    created_at: datetime
    expires_at: datetime


class IssuedToken(Token):
    """A token as it is shown once."""

    token: str


class Tokens(Message):
    """One's own tokens, the newest first."""

    items: Sequence[Token]
