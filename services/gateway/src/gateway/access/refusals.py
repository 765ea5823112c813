"""What is said when somebody may not come in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kernel.problems import Refusal


@dataclass(eq=False)
class SessionExpired(Refusal):
    """The session or token was good until a moment that has passed."""

    code = "session.expired"
    title = "The session has expired"
    expired_at: datetime


@dataclass(eq=False)
class WrongPassword(Refusal):
    """User or password are wrong; which of them is not told."""

    code = "session.wrong-password"
    title = "User or password are wrong"


@dataclass(eq=False)
class TooManyTries(Refusal):
    """Too many failed sign-ins for this user or from this address."""

    code = "session.too-many-tries"
    title = "Too many failed sign-ins"
    retry_after_seconds: int


@dataclass(eq=False)
class CrossSite(Refusal):
    """A write with a cookie came from a page that is not ours."""

    code = "session.cross-site"
    title = "The request came from another site"


@dataclass(eq=False)
class GrantBeyondYours(Refusal):
    """A role was to be granted at a unit outside the administrator's scope."""

    code = "access.grant-beyond-yours"
    title = "You cannot grant a role there"
    unit: str


@dataclass(eq=False)
class PasswordNeeded(Refusal):
    """A user without a password cannot sign in by one."""

    code = "access.password-needed"
    title = "A new user needs a password"
    username: str


@dataclass(eq=False)
class PersonTaken(Refusal):
    """Another user already stands for this person."""

    code = "access.person-taken"
    title = "Another user stands for this person"
    person: UUID


STATUS: dict[type[Refusal], int] = {
    SessionExpired: 401,
    WrongPassword: 401,
    TooManyTries: 429,
    CrossSite: 403,
    GrantBeyondYours: 403,
    PasswordNeeded: 422,
}
