"""Groups, as the bus asks for them."""

from __future__ import annotations

from billing.groups import commands, queries, rules
from billing.limits import rules as granting
from contracts.billing.groups import (
    CreditGroup,
    GetGroup,
    ListGroupLimitChanges,
    ListGroups,
    PutGroup,
    PutInGroup,
    SetGroupLimit,
)
from contracts.billing.limits import CreditAccount, LimitChanges
from kernel.database import Transaction
from kernel.money import TooManyDecimals
from kernel.operations import Page
from kernel.rpc import Operations
from kernel.scope import Principal

operations = Operations(
    status={
        TooManyDecimals: 422,
        granting.AboveAuthority: 403,
        granting.NoLimitAboveAuthority: 403,
        granting.LimitInOtherCurrency: 422,
        granting.NegativeLimit: 422,
        rules.GroupInOtherCurrency: 422,
        rules.GroupOfOtherCompany: 422,
    }
)


@operations.command(PutGroup)
async def put_group(tx: Transaction, asked: PutGroup, who: Principal) -> CreditGroup:
    """Found a group, or name it anew."""
    return await commands.put_group(tx, asked, who)


@operations.command(SetGroupLimit)
async def set_group_limit(tx: Transaction, asked: SetGroupLimit, who: Principal) -> CreditGroup:
    """Grant a group a limit."""
    return await commands.set_group_limit(tx, asked, who)


@operations.command(PutInGroup)
async def put_in_group(tx: Transaction, asked: PutInGroup, who: Principal) -> CreditAccount:
    """Let a customer share a group's limit."""
    return await commands.put_in_group(tx, asked, who)


@operations.question(GetGroup)
async def get_group(tx: Transaction, asked: GetGroup, who: Principal) -> CreditGroup:
    """One group with its members."""
    return await queries.one(tx, asked.group)


@operations.question(ListGroupLimitChanges)
async def list_group_limit_changes(
    tx: Transaction, asked: ListGroupLimitChanges, who: Principal
) -> LimitChanges:
    """The history of a group's limit."""
    return await queries.changes(tx, asked)


@operations.question(ListGroups)
async def list_groups(tx: Transaction, asked: ListGroups, who: Principal) -> Page[CreditGroup]:
    """Groups in scope."""
    return await queries.listed(tx, asked)
