"""The figures of collection, as the bus asks for them."""

from __future__ import annotations

from billing.analysis import queries, rules
from contracts.billing.analysis import (
    CashForecastReport,
    ConcentrationReport,
    ForecastCash,
    PaymentsReport,
    ReceivablesReport,
    ReportConcentration,
    ReportPayments,
    ReportReceivables,
)
from kernel.database import Transaction
from kernel.rpc import Operations
from kernel.scope import Principal

operations = Operations(status={rules.NoDays: 422})


@operations.question(ReportReceivables)
async def report_receivables(
    tx: Transaction, asked: ReportReceivables, who: Principal
) -> ReceivablesReport:
    """DSO, collection effectiveness and days late of a period."""
    return await queries.receivables(tx, asked)


@operations.question(ReportPayments)
async def report_payments(tx: Transaction, asked: ReportPayments, who: Principal) -> PaymentsReport:
    """How invoices were paid."""
    return await queries.payments(tx, asked)


@operations.question(ReportConcentration)
async def report_concentration(
    tx: Transaction, asked: ReportConcentration, who: Principal
) -> ConcentrationReport:
    """How much of what is owed hangs on the largest debtors."""
    return await queries.concentration(tx, asked)


@operations.question(ForecastCash)
async def forecast_cash(tx: Transaction, asked: ForecastCash, who: Principal) -> CashForecastReport:
    """When what is open is likely to come in."""
    return await queries.cash_forecast(tx, asked)
