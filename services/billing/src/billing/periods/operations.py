"""Closed periods, as the bus asks for them."""

from __future__ import annotations

from billing.periods import commands, queries
from billing.periods.rules import ClosedInTheFuture
from contracts.billing.periods import ClosePeriod, ListPeriods, Periods
from kernel import clock
from kernel.database import Transaction
from kernel.problems import NotFound
from kernel.rpc import Operations
from kernel.scope import Principal

operations = Operations(status={ClosedInTheFuture: 422})


@operations.command(ClosePeriod)
async def close_period(tx: Transaction, asked: ClosePeriod, who: Principal) -> Periods:
    """Close a company through a day."""
    return await commands.close(tx, asked, who, today=clock.today())


@operations.question(ListPeriods)
async def list_periods(tx: Transaction, asked: ListPeriods, who: Principal) -> Periods:
    """Up to where a company is closed."""
    if asked.company not in who.units:
        raise NotFound("company", asked.company)
    return await queries.periods(tx, asked.company)
