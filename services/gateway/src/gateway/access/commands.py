"""What an administrator does to users."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from contracts.gateway.users import PutUser
from gateway.access import rules, store
from gateway.access.events import published
from gateway.access.model import Grant, User
from gateway.access.passwords import hashed
from gateway.access.refusals import PasswordNeeded, PersonTaken
from kernel.ids import imported_id

if TYPE_CHECKING:
    from kernel.database import Transaction
    from kernel.scope import Principal


async def put_user(tx: Transaction, asked: PutUser, who: Principal, now: datetime) -> User:
    """Add a user or change one, within what the administrator may grant themselves."""
    given = tuple(sorted({Grant(one.role, one.unit) for one in asked.grants}))
    before = await store.user_named(tx, asked.username)
    touched = given + (before.grants if before else ())
    rules.assert_may_grant(grants_of(who), touched, who.units)
    if before is None and asked.password is None:
        raise PasswordNeeded(asked.username)
    user = _as_asked(asked, given, before)
    await _assert_person_is_free(tx, user)
    await store.save(tx, user, asked.password and await hashed(asked.password), now)
    tx.announce(published(user))
    return user


def grants_of(who: Principal) -> tuple[Grant, ...]:
    """The grants of the asking person."""
    return tuple(Grant(role, unit) for role, unit in who.grants)


def _as_asked(asked: PutUser, given: tuple[Grant, ...], before: User | None) -> User:
    id_ = before.id if before else imported_id("gateway", "user", asked.username)
    user = User(
        id=id_,
        username=asked.username,
        name=asked.name,
        email=asked.email,
        person=before.person if before else id_,
        locale=asked.locale,
        active=asked.active,
        grants=given,
    )
    return replace(user, person=asked.person) if asked.person else user


async def _assert_person_is_free(tx: Transaction, user: User) -> None:
    other = await store.user_for(tx, user.person)
    if other is not None and other.id != user.id:
        raise PersonTaken(user.person)
