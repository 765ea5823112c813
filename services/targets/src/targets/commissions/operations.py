"""How plans and runs are asked for from outside, and the work that follows."""

from __future__ import annotations

from contracts.imports import ImportAnswer
from contracts.targets import commissions as contract
from contracts.targets.imports import ImportPlans
from kernel.clock import today
from kernel.database import Transaction
from kernel.jobs import Jobs
from kernel.operations import Page
from kernel.rpc import Operations
from kernel.scope import Principal
from targets.commissions import commands, queries, rules
from targets.organisation import queries as organisation
from targets.organisation.rules import DatesReversed, UnknownPerson

operations = Operations(status={rules.RateOutOfRange: 422, DatesReversed: 422, UnknownPerson: 404})
jobs = Jobs()


@operations.command(contract.PutPlan)
async def put_plan(tx: Transaction, asked: contract.PutPlan, who: Principal) -> contract.Plan:
    """A plan version."""
    return queries.shown_plan(*await commands.put_plan(tx, asked, who))


@operations.question(contract.ListPlans)
async def list_plans(
    tx: Transaction, asked: contract.ListPlans, who: Principal
) -> Page[contract.Plan]:
    """Plan versions in scope."""
    return await queries.list_plans(tx, asked)


@operations.command(contract.RunCommissions)
async def run_commissions(
    tx: Transaction, asked: contract.RunCommissions, who: Principal
) -> contract.Run:
    """Ask for a run; it is done in the background."""
    await organisation.company(tx, asked.company, who, today())
    return await queries.run(tx, await queries.ask_run(tx, asked.company, "asked"))


@operations.question(contract.GetRun)
async def get_run(tx: Transaction, asked: contract.GetRun, who: Principal) -> contract.Run:
    """How far a run is."""
    return await queries.run(tx, asked.run)


@operations.command(ImportPlans)
async def import_plans(tx: Transaction, asked: ImportPlans, who: Principal) -> ImportAnswer:
    """Plan versions from another system."""
    return await commands.import_plans(tx, asked, who)


@jobs.every(seconds=0.5, name="count commissions anew")
async def work_off_runs(tx: Transaction) -> bool:
    """The runs that wait."""
    return await commands.work_off(tx)
