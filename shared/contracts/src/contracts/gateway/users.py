"""Users of the product: added, changed, listed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from kernel.events import Message
from kernel.operations import ADMINISTRATOR, Command, Page, Question

ADMINISTRATORS = frozenset({ADMINISTRATOR})
Role = Literal["rep", "manager", "collector", "analyst", "director", "administrator"]
Username = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{1,63}$")]
Password = Annotated[str, Field(min_length=12, max_length=200)]
Locale = Literal["es", "en"]


class GivenGrant(Message):
    """A role at a unit, which holds for the units below it too; `*` is every company."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Role
    unit: Annotated[str, Field(min_length=1, max_length=100)]


class User(Message):
    """Somebody who may sign in."""

    user: UUID
    username: str
    name: str
    email: str | None
    person: UUID
    """Who they are in the organisation; their own id for somebody outside it."""
    grants: Sequence[GivenGrant]
    locale: Locale
    active: bool


class PutUser(Command[User]):
    """Add a user, or make the one of this name what is said here.

    Without a password the one they have stays; without a person they keep theirs.
    """

    operation: ClassVar = "gateway.put-user"
    answer: ClassVar = User
    roles: ClassVar = ADMINISTRATORS
    username: Username
    name: Annotated[str, Field(min_length=1, max_length=200)]
    email: Annotated[str, Field(max_length=254)] | None = None
    password: Password | None = Field(default=None, repr=False)
    person: UUID | None = None
    grants: Annotated[Sequence[GivenGrant], Field(min_length=1, max_length=50)]
    locale: Locale = "es"
    active: bool = True


class GetUser(Question[User]):
    """One user, by the name they sign in with."""

    operation: ClassVar = "gateway.get-user"
    answer: ClassVar = User
    roles: ClassVar = ADMINISTRATORS
    username: str


class ListUsers(Question[Page[User]]):
    """Users, by the name they sign in with."""

    operation: ClassVar = "gateway.list-users"
    answer: ClassVar = Page[User]
    roles: ClassVar = ADMINISTRATORS
    after: str | None = None
    """`next` of the page before."""
    limit: Annotated[int, Field(ge=1, le=500)] = 100
