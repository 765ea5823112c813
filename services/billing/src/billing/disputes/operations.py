"""Disputes, as the bus asks for them."""

from __future__ import annotations

from billing.disputes import commands, queries
from contracts.billing.disputes import (
    Disputes,
    ItemDispute,
    ListDisputes,
    OpenDispute,
    SettleDispute,
)
from kernel import clock
from kernel.database import Transaction
from kernel.rpc import Operations
from kernel.scope import Principal

operations = Operations()


@operations.command(OpenDispute)
async def open_dispute(tx: Transaction, asked: OpenDispute, who: Principal) -> ItemDispute:
    """A customer disputes an item."""
    return await commands.dispute(tx, asked.item, asked.reason, clock.today(), who.person)


@operations.command(SettleDispute)
async def settle_dispute(tx: Transaction, asked: SettleDispute, who: Principal) -> ItemDispute:
    """A dispute ends."""
    return await commands.settle_dispute(
        tx, asked.item, asked.outcome, asked.note, clock.today(), who.person
    )


@operations.question(ListDisputes)
async def list_disputes(tx: Transaction, asked: ListDisputes, who: Principal) -> Disputes:
    """Disputes in scope."""
    return await queries.listed(tx, asked)
