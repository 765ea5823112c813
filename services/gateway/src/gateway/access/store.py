"""How users, grants and credentials are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from gateway.access.model import Credential, Grant, User
from gateway.tables import credentials, grants, users

if TYPE_CHECKING:
    from kernel.database import Transaction

_granted = (
    sa.select(sa.func.array_agg(grants.c.role + ":" + grants.c.unit))
    .where(grants.c.user_id == users.c.id)
    .scalar_subquery()
    .label("granted")
)
_user = (*(column for column in users.c if column.name != "password_hash"), _granted)
_credential = tuple(column for column in credentials.c if column.name != "fingerprint")


def _as_user(row: Any) -> User:
    return User(
        id=row.id,
        username=row.username,
        name=row.name,
        email=row.email,
        person=row.person,
        locale=row.locale,
        active=row.active,
        grants=tuple(sorted(Grant(*pair.split(":", 1)) for pair in row.granted or ())),
    )


def _as_credential(row: Any) -> Credential:
    return Credential(row.id, row.kind, row.name, row.created_at, row.expires_at)


async def user_named(tx: Transaction, username: str) -> User | None:
    """The user who signs in by this name."""
    return await _one(tx, sa.select(*_user).where(users.c.username == username))


async def user_for(tx: Transaction, person: UUID) -> User | None:
    """The user who stands for this person."""
    return await _one(tx, sa.select(*_user).where(users.c.person == person))


async def _one(tx: Transaction, statement: sa.Select[Any]) -> User | None:
    row = (await tx.execute(statement)).one_or_none()
    return row and _as_user(row)


async def users_after(tx: Transaction, username: str, limit: int) -> list[User]:
    """Users in the order of their names, those after this one."""
    page = sa.select(*_user).where(users.c.username > username)
    rows = await tx.execute(page.order_by(users.c.username).limit(limit))
    return [_as_user(row) for row in rows]


async def password_of(tx: Transaction, username: str) -> tuple[User, str | None] | None:
    """An active user and the hash of their password."""
    statement = sa.select(*_user, users.c.password_hash).where(
        users.c.username == username, users.c.active
    )
    row = (await tx.execute(statement)).one_or_none()
    return row and (_as_user(row), row.password_hash)


async def save(tx: Transaction, user: User, password_hash: str | None, now: datetime) -> None:
    """Keep the user as given; without a new hash the old one stays."""
    values = {
        "username": user.username,
        "name": user.name,
        "email": user.email,
        "person": user.person,
        "locale": user.locale,
        "active": user.active,
        "changed_at": now,
    } | ({"password_hash": password_hash} if password_hash else {})
    await tx.execute(
        insert(users)
        .values(id=user.id, **values)
        .on_conflict_do_update(index_elements=[users.c.id], set_=values)
    )
    await _save_grants(tx, user)


async def _save_grants(tx: Transaction, user: User) -> None:
    await tx.execute(sa.delete(grants).where(grants.c.user_id == user.id))
    given = [{"user_id": user.id, "role": one.role, "unit": one.unit} for one in set(user.grants)]
    await tx.execute(sa.insert(grants).values(given))


async def keep(tx: Transaction, credential: Credential, user: UUID, fingerprint: bytes) -> None:
    """Keep a new credential; one with the same secret stays what it is."""
    values = {
        "id": credential.id,
        "kind": credential.kind,
        "name": credential.name,
        "user_id": user,
        "fingerprint": fingerprint,
        "created_at": credential.created_at,
        "expires_at": credential.expires_at,
    }
    await tx.execute(insert(credentials).values(values).on_conflict_do_nothing())


async def bearer_of(tx: Transaction, fingerprint: bytes) -> tuple[User, Credential] | None:
    """Who carries the secret with this fingerprint; somebody inactive carries none."""
    statement = (
        sa.select(
            *_user,
            credentials.c.id.label("credential"),
            credentials.c.kind,
            credentials.c.name.label("called"),
            credentials.c.created_at,
            credentials.c.expires_at,
        )
        .join(users, users.c.id == credentials.c.user_id)
        .where(credentials.c.fingerprint == fingerprint, users.c.active)
    )
    row = (await tx.execute(statement)).one_or_none()
    return row and (
        _as_user(row),
        Credential(row.credential, row.kind, row.called, row.created_at, row.expires_at),
    )


async def tokens_of(tx: Transaction, user: UUID) -> Sequence[Credential]:
    """Somebody's tokens, the newest first."""
    statement = sa.select(*_credential).where(
        credentials.c.user_id == user, credentials.c.kind == "token"
    )
    rows = await tx.execute(statement.order_by(credentials.c.id.desc()))
    return [_as_credential(row) for row in rows]


async def revoke(tx: Transaction, user: UUID, credential: UUID) -> bytes | None:
    """Take a credential of this user back; returns its fingerprint, None when there is none."""
    statement = sa.delete(credentials).where(
        credentials.c.id == credential, credentials.c.user_id == user
    )
    gone = await tx.execute(statement.returning(credentials.c.fingerprint))
    return gone.scalar_one_or_none()


async def forget_expired(tx: Transaction, before: datetime) -> None:
    """Credentials that expired long ago need no answer of their own any more."""
    await tx.execute(sa.delete(credentials).where(credentials.c.expires_at < before))
