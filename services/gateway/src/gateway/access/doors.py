"""Signing in and out, and tokens, over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from fastapi import APIRouter, Request, Response

from contracts.gateway.sessions import IssuedToken, Me, NewToken, SignIn, Token, Tokens
from contracts.gateway.users import GivenGrant
from gateway.access import rules, store
from gateway.access.commands import grants_of
from gateway.access.model import Credential, User
from gateway.access.refusals import WrongPassword
from gateway.access.sessions import SESSION_HOURS, SignedIn
from gateway.http.reception import COOKIE, Caller
from kernel.operations import ADMINISTRATOR
from kernel.problems import NotFound, NotYourRole

if TYPE_CHECKING:
    from gateway.wiring import Gateway

UNKNOWN_ADDRESS = "unknown"


def router(gateway: Gateway) -> APIRouter:
    """The addresses under which people come in."""
    routes = APIRouter(tags=["access"])

    @routes.post("/sessions", status_code=201)
    async def sign_in(asked: SignIn, request: Request, response: Response) -> Me:
        """Sign in with user and password; the answer sets the session's cookie."""
        signed_in, secret = await _signed_in(gateway, asked, request)
        response.set_cookie(
            COOKIE,
            secret,
            max_age=SESSION_HOURS * 3600,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return me(signed_in)

    @routes.delete("/sessions/current", status_code=204)
    async def sign_out(request: Request, response: Response) -> None:
        """End the session, or revoke the token, that this request came with."""
        signed_in = (await gateway.reception.receive(request)).signed_in
        await gateway.sessions.revoke(signed_in.user.id, signed_in.credential.id)
        response.delete_cookie(COOKIE)

    @routes.get("/me")
    async def who_am_i(request: Request) -> Me:
        """Who is signed in, and what they may see."""
        return me((await gateway.reception.receive(request)).signed_in)

    @routes.post("/tokens", status_code=201)
    async def issue(asked: NewToken, request: Request) -> IssuedToken:
        """A token for a script; its secret is shown this once."""
        caller = await gateway.reception.receive(request)
        user = await _bearer(gateway, caller, asked.user)
        lasts = timedelta(days=asked.days)
        token, secret = await gateway.sessions.issue(user, "token", asked.name, lasts)
        return IssuedToken(token=secret, **shown(token).model_dump())

    @routes.get("/tokens")
    async def list_tokens(request: Request) -> Tokens:
        """One's own tokens, without their secrets."""
        caller = await gateway.reception.receive(request)
        async with gateway.database.acting_as(caller.principal) as tx:
            tokens = await store.tokens_of(tx, caller.principal.user)
        return Tokens(items=[shown(token) for token in tokens])

    @routes.delete("/tokens/{token}", status_code=204)
    async def revoke(token: UUID, request: Request) -> None:
        """Take one of one's own tokens back."""
        caller = await gateway.reception.receive(request)
        if not await gateway.sessions.revoke(caller.principal.user, token):
            raise NotFound("token", str(token))

    return routes


async def _signed_in(gateway: Gateway, asked: SignIn, request: Request) -> tuple[SignedIn, str]:
    address = request.client.host if request.client else UNKNOWN_ADDRESS
    gateway.reception.assert_own_page(request)
    await gateway.reception.assert_may_try(asked.user, address)
    try:
        return await gateway.sessions.sign_in(asked.user, asked.password)
    except WrongPassword:
        await gateway.reception.failed(asked.user, address)
        raise


async def _bearer(gateway: Gateway, caller: Caller, username: str | None) -> User:
    """Whose token it will be: one's own, or for an administrator that of somebody in scope."""
    own = caller.signed_in.user
    if username is None or username == own.username:
        return own
    if ADMINISTRATOR not in caller.principal.roles:
        raise NotYourRole("gateway.issue-token", [ADMINISTRATOR])
    async with gateway.database.acting_as(caller.principal) as tx:
        user = await store.user_named(tx, username)
    if user is None or not user.active:
        raise NotFound("user", username)
    rules.assert_may_grant(grants_of(caller.principal), user.grants, caller.principal.units)
    return user


def me(signed_in: SignedIn) -> Me:
    """Who is signed in, as the contract says."""
    user, who = signed_in.user, signed_in.principal
    return Me(
        user=user.id,
        username=user.username,
        name=user.name,
        person=user.person,
        roles=sorted(who.roles),
        grants=[GivenGrant(role=one.role, unit=one.unit) for one in user.grants],
        units=who.units,
        own_only=who.own_only,
        locale=user.locale,
        expires_at=signed_in.credential.expires_at,
    )


def shown(token: Credential) -> Token:
    """A token as it is shown: without its secret."""
    return Token(
        id=token.id, name=token.name, created_at=token.created_at, expires_at=token.expires_at
    )
