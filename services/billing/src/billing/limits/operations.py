"""Limits, as the bus asks for them."""

from __future__ import annotations

from billing.limits import commands, queries, rules
from contracts.billing.limits import (
    CreditAccount,
    LimitChanges,
    ListLimitChanges,
    SetLimit,
)
from kernel.database import Transaction
from kernel.rpc import Operations
from kernel.scope import Principal

operations = Operations(
    status={
        rules.AboveAuthority: 403,
        rules.NoLimitAboveAuthority: 403,
        rules.LimitInOtherCurrency: 422,
        rules.NegativeLimit: 422,
    }
)


@operations.command(SetLimit)
async def set_limit(tx: Transaction, asked: SetLimit, who: Principal) -> CreditAccount:
    """Grant a customer a limit."""
    return await commands.set_limit(tx, asked, who)


@operations.question(ListLimitChanges)
async def list_limit_changes(
    tx: Transaction, asked: ListLimitChanges, who: Principal
) -> LimitChanges:
    """The history of a limit."""
    return await queries.changes(tx, asked)
