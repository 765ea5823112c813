"""The approvals inbox, as the bus asks for it."""

from __future__ import annotations

from billing.approvals import commands, queries, rules
from contracts.billing.approvals import (
    Approval,
    DecideApproval,
    GetApproval,
    ListApprovalHistory,
    ListApprovals,
)
from kernel.database import Transaction
from kernel.operations import Page
from kernel.rpc import Operations
from kernel.scope import Principal

operations = Operations(
    status={
        rules.AboveAuthority: 403,
        rules.NoBoundAboveAuthority: 403,
        rules.OwnRequest: 403,
        rules.OtherRole: 403,
        rules.SamePersonTwice: 403,
    }
)


@operations.question(ListApprovals)
async def list_approvals(tx: Transaction, asked: ListApprovals, who: Principal) -> Page[Approval]:
    """What the asking person may decide now."""
    return await queries.inbox(tx, asked, who)


@operations.question(ListApprovalHistory)
async def list_approval_history(
    tx: Transaction, asked: ListApprovalHistory, who: Principal
) -> Page[Approval]:
    """Requests with what became of them."""
    return await queries.history(tx, asked)


@operations.question(GetApproval)
async def get_approval(tx: Transaction, asked: GetApproval, who: Principal) -> Approval:
    """One request."""
    return await queries.one(tx, asked.approval)


@operations.command(DecideApproval)
async def decide_approval(tx: Transaction, asked: DecideApproval, who: Principal) -> Approval:
    """Approve or reject a request."""
    await commands.decide(tx, asked.approval, who, approve=asked.approve, reason=asked.reason)
    return await queries.one(tx, asked.approval)
