"""Who has a say in a request, and when it is decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from billing.approvals.model import Approval, State, Vote
from billing.authorities.model import Authority
from billing.authorities.rules import highest
from kernel.money import Money
from kernel.problems import Refusal


@dataclass(eq=False)
class AboveAuthority(Refusal):
    """The amount is more than this person may decide about."""

    code = "approvals.above-authority"
    title = "The request is above your authority"
    act: str
    requested: Money
    authority: Money


@dataclass(eq=False)
class NoBoundAboveAuthority(Refusal):
    """What has no upper bound needs an authority without one."""

    code = "approvals.no-bound-above-authority"
    title = "The request has no upper bound, your authority has"
    act: str
    authority: Money


@dataclass(eq=False)
class OwnRequest(Refusal):
    """Nobody decides about what they asked for themselves."""

    code = "approvals.own-request"
    title = "It is your own request"
    act: str


@dataclass(eq=False)
class DecidedAlready(Refusal):
    """The request waits for nobody any more."""

    code = "approvals.decided-already"
    title = "The request was decided before"
    act: str
    state: str


@dataclass(eq=False)
class SamePersonTwice(Refusal):
    """A second person is somebody else."""

    code = "approvals.same-person-twice"
    title = "It takes a second person"
    act: str


@dataclass(eq=False)
class OtherRole(Refusal):
    """The request is of a kind that only some roles decide about."""

    code = "approvals.other-role"
    title = "Another role decides about it"
    act: str
    roles: list[str]


@dataclass(eq=False)
class RequestedAlready(Refusal):
    """The same was asked for before, and still waits."""

    code = "approvals.requested-already"
    title = "The same request waits already"
    act: str


TWO = 2


def voted(approval: Approval, vote: Vote, *, own: bool = False) -> Approval:
    """A request is approved by one person whose authority suffices alone, or else by two.

    Whoever has the authority, alone or with another, rejects it alone. Nobody decides about
    their own request, nor twice about the same one.

    Args:
        vote: of somebody whose authority the amount is within; else see `refusal`.
        own: the person asks for something which their own authority may suffice for.

    Raises:
        DecidedAlready, SamePersonTwice, OwnRequest

    Source: BI2.
    """
    may_vote(approval, vote, own=own)
    votes = (*approval.votes, vote)
    agreed = vote.alone or len(votes) >= TWO
    if vote.approve and not agreed:
        return replace(approval, votes=votes)
    state = State.APPROVED if vote.approve else State.REJECTED
    return replace(approval, votes=votes, state=state, decided_at=vote.voted_at)


def may_vote(approval: Approval, vote: Vote, *, own: bool = False) -> None:
    """Only what waits is decided, by each person once, and by nobody who asked for it.

    Raises:
        DecidedAlready, SamePersonTwice, OwnRequest

    Source: BI2.
    """
    if approval.state is not State.WAITING:
        raise DecidedAlready(approval.act, approval.state.value)
    if any(vote.person == earlier.person for earlier in approval.votes):
        raise SamePersonTwice(approval.act)
    if vote.person == approval.requested_by and not own:
        raise OwnRequest(approval.act)


def check_role(approval: Approval, roles: Iterable[str]) -> frozenset[str]:
    """Where the act says which roles may decide, the authority of others does not count.

    Returns:
        The roles whose authority counts.

    Raises:
        OtherRole

    Source: BI2.
    """
    held = frozenset(roles)
    if approval.only_roles is None:
        return held
    if not held & approval.only_roles:
        raise OtherRole(approval.act, sorted(approval.only_roles))
    return held & approval.only_roles


def refusal(approval: Approval, roles: Iterable[str], held: Iterable[Authority]) -> Refusal:
    """What somebody is told whose authority does not reach: up to how much it does.

    Source: BI2.
    """
    upto = highest(held, roles, approval.currency)
    bound = (upto.amount if upto else None) or Money.zero(approval.currency)
    if approval.amount is None:
        return NoBoundAboveAuthority(approval.act, bound)
    return AboveAuthority(approval.act, approval.amount, bound)
