"""Limits, as the bus asks for them."""

from __future__ import annotations

from billing.approvals.rules import OwnRequest
from billing.limits import commands, queries, rules
from contracts.billing.limits import (
    BlockCredit,
    CreditAccount,
    LimitChanges,
    ListLimitChanges,
    ReleaseCredit,
    RequestLimit,
    SetLimit,
)
from kernel.database import Transaction
from kernel.money import TooManyDecimals
from kernel.rpc import Operations
from kernel.scope import Principal

operations = Operations(
    status={
        OwnRequest: 403,
        TooManyDecimals: 422,
        rules.AboveAuthority: 403,
        rules.NoLimitAboveAuthority: 403,
        rules.LimitInOtherCurrency: 422,
        rules.NegativeLimit: 422,
        rules.TemporaryWithoutAmount: 422,
        rules.TemporaryInThePast: 422,
    }
)


@operations.command(SetLimit)
async def set_limit(tx: Transaction, asked: SetLimit, who: Principal) -> CreditAccount:
    """Grant a customer a limit."""
    return await commands.set_limit(tx, asked, who)


@operations.command(RequestLimit)
async def request_limit(tx: Transaction, asked: RequestLimit, who: Principal) -> CreditAccount:
    """Ask for a limit that somebody else has to grant."""
    return await commands.request_limit(tx, asked, who)


@operations.command(BlockCredit)
async def block_credit(tx: Transaction, asked: BlockCredit, who: Principal) -> CreditAccount:
    """No new credit for a customer."""
    return await commands.block_credit(tx, asked.customer, asked.reason, who)


@operations.command(ReleaseCredit)
async def release_credit(tx: Transaction, asked: ReleaseCredit, who: Principal) -> CreditAccount:
    """The customer may buy on credit again."""
    return await commands.release_credit(tx, asked.customer, asked.reason, who)


@operations.question(ListLimitChanges)
async def list_limit_changes(
    tx: Transaction, asked: ListLimitChanges, who: Principal
) -> LimitChanges:
    """The history of a limit."""
    return await queries.changes(tx, asked)
