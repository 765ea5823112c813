"""Who sent a request, in what language, and whether they ask too often."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter

from gateway.access import rules
from gateway.access.model import EVERYWHERE
from gateway.access.refusals import TooManyTries
from gateway.http.problems import language_asked
from kernel.operations import ADMINISTRATOR
from kernel.problems import NotSignedIn, NotYourRole, TooMany

if TYPE_CHECKING:
    from starlette.requests import Request

    from gateway.access.sessions import Sessions, SignedIn
    from gateway.settings import GatewaySettings
    from kernel.scope import Principal

COOKIE = "gerencia_session"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request, and how they want to be spoken to."""

    signed_in: SignedIn
    principal: Principal


class Reception:
    """Receives every request that needs somebody to be signed in.

    The counts are of this process: with n processes of the gateway somebody may ask n times
    as often.
    """

    def __init__(self, sessions: Sessions, settings: GatewaySettings) -> None:
        self.sessions = sessions
        self._trusted = settings.trusted_origins
        self._rate = parse(settings.rate_limit)
        self._tries = parse(settings.sign_in_limit)
        # An address is often a whole office: it may fail ten times as often as one user.
        self._office = type(self._tries)(self._tries.amount * 10, self._tries.multiples)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    async def receive(self, request: Request) -> Caller:
        """Who sent the request.

        Raises:
            NotSignedIn, SessionExpired: nobody that we know.
            CrossSite: a write with a cookie from a page that is not ours.
            TooMany: they ask too often.
        """
        signed_in = await self.sessions.known_by(self._secret(request))
        await self._count(str(signed_in.user.id))
        locale = language_asked(request.headers) or signed_in.user.locale
        request.state.locale = locale
        who = signed_in.principal
        return Caller(signed_in, who if who.locale == locale else replace(who, locale=locale))

    def assert_own_page(self, request: Request) -> None:
        """Signing in is a write that sets a cookie: a page of another site may not do it."""
        headers = request.headers
        if "origin" in headers or "sec-fetch-site" in headers:
            rules.assert_same_site(request.method, headers, self._trusted)

    async def assert_may_try(self, username: str, address: str) -> None:
        """After too many failures nobody tries again for a while, not even with the right one.

        Raises:
            TooManyTries: of this user, or from this address.
        """
        for rate, name in self._tried(username, address):
            if not await self._limiter.test(rate, name):
                raise TooManyTries(await self._wait(rate, name))

    async def failed(self, username: str, address: str) -> None:
        """Remember a failed sign-in."""
        for rate, name in self._tried(username, address):
            await self._limiter.hit(rate, name)

    def _tried(self, username: str, address: str) -> list[tuple[RateLimitItem, str]]:
        return [(self._tries, f"user {username}"), (self._office, f"address {address}")]

    async def _count(self, user: str) -> None:
        if not await self._limiter.hit(self._rate, user):
            raise TooMany(await self._wait(self._rate, user))

    async def _wait(self, rate: RateLimitItem, name: str) -> int:
        ends, _ = await self._limiter.get_window_stats(rate, name)
        return max(1, math.ceil(ends - time.time()))

    def _secret(self, request: Request) -> str:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and token:
            return token.strip()
        cookie = request.cookies.get(COOKIE)
        if cookie is None:
            raise NotSignedIn
        rules.assert_same_site(request.method, request.headers, self._trusted)
        return cookie


def assert_administrator(who: Principal, operation: str) -> None:
    """What concerns the whole installation is for administrators of every company.

    Raises:
        NotYourRole: not one of them.
    """
    if (ADMINISTRATOR, EVERYWHERE) not in who.grants:
        raise NotYourRole(operation, [f"{ADMINISTRATOR} {EVERYWHERE}"])
