"""Asking for something that needs an authority, and deciding about it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from billing.approvals import events, rules, store
from billing.approvals.acts import act_of
from billing.approvals.model import Approval, State, Vote
from billing.authorities import queries as authorities
from billing.authorities import rules as matrix
from billing.authorities.model import Reach
from billing.causes import Causes, because
from billing.exposure import store as accounts
from kernel import clock
from kernel.database import Transaction
from kernel.ids import uuid7
from kernel.money import Money
from kernel.problems import NotFound
from kernel.scope import Principal

NOTHING_HEARD: Causes = {}


async def request(
    tx: Transaction,
    *,
    act: str,
    company: str,
    unit: str,
    amount: Money | None,
    subject: UUID,
    requested_by: UUID | None,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
    customer: UUID | None = None,
    currency: str = "",
    only_roles: Collection[str] | None = None,
    who: Principal | None = None,
) -> Approval:
    """Ask for something that needs an authority; it waits for somebody who has it.

    Args:
        act: one that a capability has registered with `on_decided`.
        amount: None is without an upper bound, then `currency` says whose authority counts.
        subject: what it is about; about one subject the same act waits only once.
        requested_by: who may not decide it.
        details: what whoever decides wants to see; plain JSON.
        customer: whose credit account is locked before the request is, in every decision.
        only_roles: besides the amount, only these roles may decide; None is no such bound.
        who: the person who asks, for acts for which an own authority suffices.

    Raises:
        RequestedAlready: the same act waits already for this subject.
    """
    approval = asked(
        act=act,
        company=company,
        unit=unit,
        amount=amount,
        currency=amount.currency if amount else currency,
        subject=subject,
        requested_by=requested_by,
        reason=reason,
        details=details or {},
        customer=customer,
        only_roles=None if only_roles is None else frozenset(only_roles),
    )
    own = who if act_of(act).own_authority else None
    await store.add(tx, [approval])
    if (await store.waiting(tx, act, [subject])).get(subject) != approval.id:
        raise rules.RequestedAlready(act)
    after = await _first_word(tx, approval, own) if own else approval
    if after.state is State.WAITING:
        tx.announce(events.requested(after), person=requested_by)
    return after


def asked(**said: Any) -> Approval:
    """A request that is about to be made."""
    return Approval(id=uuid7(), requested_at=clock.now(), **said)


async def request_all(
    tx: Transaction, approvals: Sequence[Approval], heard: Causes = NOTHING_HEARD
) -> None:
    """Make requests, many at once, and tell of them.

    Args:
        heard: by subject, which message each request follows from.
    """
    for approval in approvals:
        act_of(approval.act)
    await store.add(tx, approvals)
    for approval in approvals:
        with because(heard, approval.subject):
            tx.announce(events.requested(approval), person=approval.requested_by)


async def decide(
    tx: Transaction, approval: UUID, who: Principal, *, approve: bool, reason: str = ""
) -> Approval:
    """Approve or reject a request; what follows from it happens in this transaction.

    Returns:
        The request as it is now: it still waits when it takes a second person.

    Raises:
        NotFound: it is not there, or out of the person's scope.
        DecidedAlready, SamePersonTwice, OwnRequest, OtherRole, AboveAuthority,
        NoBoundAboveAuthority
    """
    seen = await _found(tx, approval)
    if seen.customer:
        await accounts.settle_for(tx, seen.customer)
        await accounts.accounts(tx, [seen.customer], lock=True)
    waiting = await _found(tx, approval, lock=True)
    return await _vote(tx, waiting, who, approve=approve, reason=reason)


async def _found(tx: Transaction, approval: UUID, *, lock: bool = False) -> Approval:
    found = await store.find(tx, approval, lock=lock)
    if found is None:
        raise NotFound("approval", str(approval))
    return found


async def _first_word(tx: Transaction, approval: Approval, who: Principal) -> Approval:
    """What the authority of whoever asks is worth for their own request."""
    at = (approval.company, approval.unit)
    reach = await authorities.reach(tx, who, approval.act, at, approval.amount, approval.currency)
    if reach is Reach.NOT:
        return approval
    return await _vote(tx, approval, who, approve=True, reason=approval.reason, own=True)


async def _vote(
    tx: Transaction,
    approval: Approval,
    who: Principal,
    *,
    approve: bool,
    reason: str,
    own: bool = False,
) -> Approval:
    roles = await authorities.roles_at(tx, who, approval.company, approval.unit)
    roles = rules.check_role(approval, roles)
    held = await authorities.held(tx, approval.company, approval.act, approval.unit)
    reach = matrix.reach(approval.amount, approval.currency, roles, held)
    vote = Vote(who.person, approve, reach is Reach.ALONE, reason, clock.now())
    rules.may_vote(approval, vote, own=own)
    if reach is Reach.NOT:
        raise rules.refusal(approval, roles, held)
    after = rules.voted(approval, vote, own=own)
    await store.take_vote(tx, after)
    if after.state is not State.WAITING:
        tx.announce(events.decided(after), person=after.requested_by)
        await act_of(after.act).decided(tx, after)
    return after


async def withdraw(tx: Transaction, act: str, subjects: Iterable[UUID]) -> None:
    """What waits about these subjects need not be decided any more."""
    await store.withdraw(tx, act, list(subjects), clock.now())
