"""How reports and summaries are asked for from outside."""

from __future__ import annotations

from contracts.targets import reports as contract
from contracts.targets import summaries
from kernel.clock import today
from kernel.database import Transaction
from kernel.rpc import Operations
from kernel.scope import Principal
from targets.organisation.rules import UnknownPerson
from targets.reports import cockpit, day, queries, rules

operations = Operations(
    status={rules.UnknownPeriod: 422, rules.UnknownLevel: 422, UnknownPerson: 404}
)


@operations.question(contract.ReportSales)
async def report_sales(
    tx: Transaction, asked: contract.ReportSales, who: Principal
) -> contract.SalesReport:
    """Sales."""
    return await queries.sales(tx, asked, who, today())


@operations.question(contract.ReportAttainment)
async def report_attainment(
    tx: Transaction, asked: contract.ReportAttainment, who: Principal
) -> contract.AttainmentReport:
    """Attainment."""
    return await queries.attainments(tx, asked, who, today())


@operations.question(contract.ReportCommissions)
async def report_commissions(
    tx: Transaction, asked: contract.ReportCommissions, who: Principal
) -> contract.CommissionReport:
    """Commissions."""
    return await queries.commissions(tx, asked, who, today())


@operations.question(contract.ExplainCommission)
async def explain_commission(
    tx: Transaction, asked: contract.ExplainCommission, who: Principal
) -> contract.CommissionExplanation:
    """Why a commission is what it is."""
    return await queries.explanation(tx, asked, who, today())


@operations.question(summaries.GetPersonSummary)
async def get_person_summary(
    tx: Transaction, asked: summaries.GetPersonSummary, who: Principal
) -> summaries.PersonSummary:
    """A rep's day."""
    return await day.person_summary(tx, asked.person or who.person, who, asked.on or today())


@operations.question(summaries.GetUnitSummary)
async def get_unit_summary(
    tx: Transaction, asked: summaries.GetUnitSummary, who: Principal
) -> summaries.UnitSummary:
    """A manager's cockpit."""
    return await cockpit.unit_summary(tx, asked.unit, who, asked.on or today())
