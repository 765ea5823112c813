"""Who a request comes from: known from its cookie or token, remembered for a moment."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from cachetools import TTLCache

from gateway.access import rules, store
from gateway.access.bearers import fingerprint, new_secret
from gateway.access.model import Credential, CredentialKind, User
from gateway.access.passwords import matches
from gateway.access.refusals import WrongPassword
from kernel.clock import now
from kernel.ids import uuid7
from kernel.problems import NotSignedIn
from kernel.scope import Principal

if TYPE_CHECKING:
    from gateway.organisation.projection import Organisation
    from gateway.organisation.tree import Tree
    from kernel.database import Database

SESSION_HOURS = 12
REMEMBER_SECONDS = 3.0
"""So long may another process's change of a user, or a revoked token, go unnoticed here."""
REMEMBER_AT_MOST = 10_000


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A user, by which credential they came in, and what they may see now."""

    user: User
    credential: Credential
    principal: Principal
    organisation: int
    """The version of the organisation that the scope was expanded by."""


class Sessions:
    """Signs in, knows again, signs out.

    No request waits for the database to be known while its credential is remembered.
    """

    def __init__(
        self,
        database: Database,
        organisation: Organisation,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self.database = database
        self.organisation = organisation
        self._remembered: TTLCache[bytes, SignedIn] = TTLCache(
            REMEMBER_AT_MOST, REMEMBER_SECONDS, timer
        )

    async def known_by(self, secret: str) -> SignedIn:
        """Who carries this secret.

        Raises:
            NotSignedIn: nobody does.
            SessionExpired: somebody did, until a moment that has passed.
        """
        mark = fingerprint(secret)
        await self.organisation.current(self.database)
        signed_in = self._remembered.get(mark)
        if signed_in is None or signed_in.organisation != self.organisation.version:
            signed_in = await self._look_up(mark)
            self._remembered[mark] = signed_in
        rules.assert_not_expired(signed_in.credential, now())
        return signed_in

    async def sign_in(self, username: str, password: str) -> tuple[SignedIn, str]:
        """A new session for whoever knows the password; returns its secret too.

        Raises:
            WrongPassword: of this user, or there is no such user.
        """
        async with self.database.working("sign in") as tx:
            found = await store.password_of(tx, username)
        user, kept = found or (None, None)
        if not await matches(password, kept) or user is None:
            raise WrongPassword
        credential, secret = await self.issue(
            user, "session", "browser", timedelta(hours=SESSION_HOURS)
        )
        return await self._signed_in(user, credential), secret

    async def issue(
        self,
        user: User,
        kind: CredentialKind,
        name: str,
        lasts: timedelta,
        *,
        secret: str | None = None,
    ) -> tuple[Credential, str]:
        """A new session or token of a user, and the secret that nobody will see again."""
        secret = secret or new_secret()
        moment = now()
        credential = Credential(uuid7(), kind, name, moment, moment + lasts)
        async with self.database.working("issue credential") as tx:
            await store.keep(tx, credential, user.id, fingerprint(secret))
        return credential, secret

    async def revoke(self, user: UUID, credential: UUID) -> bool:
        """Take a session or token of this user back, at once in this process."""
        async with self.database.working("revoke credential") as tx:
            gone = await store.revoke(tx, user, credential)
        if gone is not None:
            self._remembered.pop(bytes(gone), None)
        return gone is not None

    def forget(self) -> None:
        """Users or units have changed: look everybody up again."""
        self._remembered.clear()

    async def _look_up(self, mark: bytes) -> SignedIn:
        async with self.database.working("know a session") as tx:
            found = await store.bearer_of(tx, mark)
        if found is None:
            raise NotSignedIn
        return await self._signed_in(*found)

    async def _signed_in(self, user: User, credential: Credential) -> SignedIn:
        tree = await self.organisation.current(self.database)
        who = principal(user, tree)
        return SignedIn(user, credential, who, self.organisation.version)


def principal(user: User, tree: Tree) -> Principal:
    """The user as the services see them: roles, and the whole scope in units.

    A role holds in all of the scope: somebody who is rep here and manager there is both in
    both places, for that is how operations ask for roles. `grants` tells a service that cares.
    """
    roles = frozenset(grant.role for grant in user.grants)
    return Principal(
        user=user.id,
        person=user.person,
        roles=roles,
        units=rules.scope(user.grants, tree.below, tree.everything),
        own_only=rules.sees_only_their_own(roles),
        locale=user.locale,
        grants=tuple((grant.role, grant.unit) for grant in user.grants),
    )
