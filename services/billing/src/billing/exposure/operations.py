"""Credit and held orders, as the bus asks for them."""

from __future__ import annotations

from billing.approvals import rules as approvals
from billing.exposure import commands, queries
from billing.exposure.rules import OrderAboveAuthority
from contracts.billing.exposure import (
    CreditPolicy,
    GetCreditPolicy,
    GetOrderCredit,
    HeldOrders,
    ListHeldOrders,
    OrderCredit,
    OrderDecision,
    RejectOrder,
    ReleaseOrder,
    SetCreditPolicy,
)
from contracts.billing.limits import CreditAccount, GetCredit
from kernel.database import Transaction
from kernel.rpc import Operations
from kernel.scope import Principal

operations = Operations(
    status={OrderAboveAuthority: 403, approvals.OwnRequest: 403, approvals.SamePersonTwice: 403}
)


@operations.question(GetCredit)
async def get_credit(tx: Transaction, asked: GetCredit, who: Principal) -> CreditAccount:
    """The credit of one customer."""
    return await queries.credit_of(tx, asked.customer)


@operations.question(GetOrderCredit)
async def get_order_credit(tx: Transaction, asked: GetOrderCredit, who: Principal) -> OrderCredit:
    """How one order stands with its credit."""
    return await queries.order_credit(tx, asked.order)


@operations.question(ListHeldOrders)
async def list_held_orders(tx: Transaction, asked: ListHeldOrders, who: Principal) -> HeldOrders:
    """The inbox of those who may decide."""
    return await queries.held_orders(tx, asked, who)


@operations.command(ReleaseOrder)
async def release_order(tx: Transaction, asked: ReleaseOrder, who: Principal) -> OrderDecision:
    """Let a held order go ahead."""
    return await commands.decide_order(tx, asked.order, asked.reason, who, release=True)


@operations.command(RejectOrder)
async def reject_order(tx: Transaction, asked: RejectOrder, who: Principal) -> OrderDecision:
    """Refuse the credit to a held order."""
    return await commands.decide_order(tx, asked.order, asked.reason, who, release=False)


@operations.question(GetCreditPolicy)
async def get_credit_policy(
    tx: Transaction, asked: GetCreditPolicy, who: Principal
) -> CreditPolicy:
    """What a company says of its credit."""
    return await queries.policy(tx, asked.company, who)


@operations.command(SetCreditPolicy)
async def set_credit_policy(
    tx: Transaction, asked: SetCreditPolicy, who: Principal
) -> CreditPolicy:
    """Say how long reservations stand, and when to warn."""
    return await commands.set_policy(tx, asked, who)
