"""What can be asked about requests."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from billing import paging
from billing.approvals import store
from billing.approvals.store import Kind
from billing.authorities import queries as authorities
from billing.authorities import rules as matrix
from billing.batch import Row
from contracts.billing import approvals as contract
from kernel.database import Transaction
from kernel.money import Money
from kernel.operations import Page
from kernel.problems import NotFound
from kernel.scope import Principal

Approvals = Page[contract.Approval]


async def inbox(tx: Transaction, asked: contract.ListApprovals, who: Principal) -> Approvals:
    """What a person may decide now, the longest waiting first."""
    after = paging.key(asked.after, datetime.fromisoformat, UUID)
    bounds = await _bounds(tx, await store.kinds_waiting(tx, asked.company, asked.act), who)
    rows = await store.inbox(tx, bounds, who.person, after, asked.limit + 1)
    return await _page(tx, rows, asked.limit)


async def _bounds(
    tx: Transaction, kinds: Collection[Kind], who: Principal
) -> dict[Kind, Decimal | None]:
    """Up to how much the person may decide, of each kind that they may decide at all."""
    places = {(company, unit) for company, unit, *_ in kinds}
    roles = {at: await authorities.roles_at(tx, who, *at) for at in places}
    bounds: dict[Kind, Decimal | None] = {}
    for kind in kinds:
        company, unit, act, currency, only = kind
        held = await authorities.held(tx, company, act, unit)
        mine = roles[company, unit] if only is None else roles[company, unit] & set(only.split(","))
        upto = matrix.highest(held, mine, currency)
        if upto:
            bounds[kind] = None if upto.amount is None else upto.amount.amount
    return bounds


async def history(tx: Transaction, asked: contract.ListApprovalHistory) -> Approvals:
    """Requests in scope with what became of them, the latest first."""
    after = paging.key(asked.after, datetime.fromisoformat, UUID)
    which = (
        asked.company,
        asked.act,
        asked.state,
        asked.customer,
        asked.subject,
        asked.requested_by,
    )
    rows = await store.history(tx, which, after, asked.limit + 1)
    return await _page(tx, rows, asked.limit)


async def one(tx: Transaction, approval: UUID) -> contract.Approval:
    """A request as people are shown it.

    Raises:
        NotFound: it is not there, or out of the person's scope.
    """
    row = await store.shown(tx, approval)
    if row is None:
        raise NotFound("approval", str(approval))
    votes = await store.votes_of(tx, [approval])
    return _shown(row, votes.get(approval, ()))


async def waiting_for(tx: Transaction, act: str, subject: UUID) -> UUID | None:
    """The request that waits about a subject, when one does."""
    return (await store.waiting(tx, act, [subject])).get(subject)


async def _page(tx: Transaction, rows: Sequence[Row], limit: int) -> Approvals:
    shown, last = paging.page(rows, limit)
    votes = await store.votes_of(tx, [row["id"] for row in shown])
    return Approvals(
        items=[_shown(row, votes.get(row["id"], ())) for row in shown],
        next=last and paging.cursor(last["requested_at"], last["id"]),
    )


def _shown(row: Row, votes: Sequence[Row]) -> contract.Approval:
    currency = row["currency"]
    return contract.Approval(
        approval=row["id"],
        act=row["act"],
        state=row["state"],
        company=row["company"],
        unit=row["unit"],
        customer=row["customer"],
        customer_number=row["customer_number"],
        customer_name=row["customer_name"],
        subject=row["subject"],
        amount=None if row["amount"] is None else Money(row["amount"], currency),
        currency=currency,
        requested_by=row["requested_by"],
        requested_by_name=row["requested_by_name"],
        requested_at=row["requested_at"],
        reason=row["reason"],
        details=row["details"],
        votes=[_vote(each) for each in votes],
        decided_at=row["decided_at"],
    )


def _vote(row: Row) -> contract.Vote:
    return contract.Vote(
        person=row["person"],
        person_name=row["name"],
        approve=row["approve"],
        alone=row["alone"],
        reason=row["reason"],
        voted_at=row["voted_at"],
    )
