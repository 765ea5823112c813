"""Write-offs, as the bus asks for them."""

from __future__ import annotations

from billing.approvals.rules import RequestedAlready
from billing.ledger.rules import MoreThanOpen
from billing.write_offs import commands, queries
from billing.write_offs.rules import WriteOffNotPositive
from contracts.billing.write_offs import (
    ListWriteOffs,
    RequestWriteOff,
    WriteOffRequested,
    WriteOffs,
)
from kernel.database import Transaction
from kernel.money import DifferentCurrencies, TooManyDecimals
from kernel.rpc import Operations
from kernel.scope import Principal

operations = Operations(
    status={
        WriteOffNotPositive: 422,
        MoreThanOpen: 409,
        DifferentCurrencies: 422,
        TooManyDecimals: 422,
        RequestedAlready: 409,
    }
)


@operations.command(RequestWriteOff)
async def request_write_off(
    tx: Transaction, asked: RequestWriteOff, who: Principal
) -> WriteOffRequested:
    """Ask to write something off."""
    return await commands.request(tx, asked, who)


@operations.question(ListWriteOffs)
async def list_write_offs(tx: Transaction, asked: ListWriteOffs, who: Principal) -> WriteOffs:
    """Write-offs in scope."""
    return await queries.listed(tx, asked)
