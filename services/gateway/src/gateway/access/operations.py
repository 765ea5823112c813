"""Users over the bus: these are questions and commands like those of any other service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contracts.gateway.users import GetUser, GivenGrant, ListUsers, PutUser
from contracts.gateway.users import User as UserAnswer
from gateway.access import commands, store
from gateway.access.model import User
from gateway.access.refusals import STATUS
from kernel.clock import now
from kernel.operations import Page
from kernel.problems import NotFound
from kernel.rpc import Operations

if TYPE_CHECKING:
    from kernel.database import Transaction
    from kernel.scope import Principal

operations = Operations(status=STATUS)


@operations.command(PutUser)
async def put_user(tx: Transaction, asked: PutUser, who: Principal) -> UserAnswer:
    """Add a user, or change one."""
    return answer(await commands.put_user(tx, asked, who, now()))


@operations.question(GetUser)
async def get_user(tx: Transaction, asked: GetUser, who: Principal) -> UserAnswer:
    """One user in whose units the administrator has a say."""
    user = await store.user_named(tx, asked.username)
    if user is None or not in_scope(user, who):
        raise NotFound("user", asked.username)
    return answer(user)


@operations.question(ListUsers)
async def list_users(tx: Transaction, asked: ListUsers, who: Principal) -> Page[UserAnswer]:
    """The users in scope, page by page; a page may be short where others were left out."""
    users = await store.users_after(tx, asked.after or "", asked.limit)
    last = users[-1].username if len(users) == asked.limit else None
    return Page[UserAnswer](items=[answer(one) for one in users if in_scope(one, who)], next=last)


def in_scope(user: User, who: Principal) -> bool:
    """Whether one of the user's units is one of the asking person's."""
    own = {unit for _, unit in who.grants} | set(who.units)
    return any(grant.unit in own for grant in user.grants)


def answer(user: User) -> UserAnswer:
    """The user as the contract says."""
    return UserAnswer(
        user=user.id,
        username=user.username,
        name=user.name,
        email=user.email,
        person=user.person,
        grants=[GivenGrant(role=one.role, unit=one.unit) for one in user.grants],
        locale=user.locale,
        active=user.active,
    )
