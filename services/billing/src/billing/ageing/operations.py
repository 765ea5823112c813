"""Ageing, as the bus asks for it."""

from __future__ import annotations

from billing.ageing import queries, rules
from contracts.billing.reports import AgeingReport, ReportAgeing
from kernel.database import Transaction
from kernel.rpc import Operations
from kernel.scope import Principal

operations = Operations(status={rules.BoundsOutOfOrder: 422})


@operations.question(ReportAgeing)
async def report_ageing(tx: Transaction, asked: ReportAgeing, who: Principal) -> AgeingReport:
    """Ageing as of any day."""
    return await queries.ageing(tx, asked)
