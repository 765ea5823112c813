"""Dunning, as the bus asks for it."""

from __future__ import annotations

from billing.dunning import commands, queries, rules
from contracts.billing import dunning as contract
from kernel import clock
from kernel.database import Transaction
from kernel.problems import language_of
from kernel.rpc import Operations
from kernel.scope import Principal

operations = Operations(
    status={
        rules.LevelsNotInOrder: 422,
        rules.NoLastLevel: 422,
        rules.EarlierThanLevelBefore: 422,
        rules.NotAFee: 422,
        rules.NotARate: 422,
        rules.RunInTheFuture: 422,
        rules.NotOverdueItem: 422,
    }
)


@operations.question(contract.ListDunningProcedures)
async def list_procedures(
    tx: Transaction, asked: contract.ListDunningProcedures, who: Principal
) -> contract.DunningProcedures:
    """How customers are reminded."""
    return await queries.procedures(tx, asked.company)


@operations.command(contract.PutDunningProcedure)
async def put_procedure(
    tx: Transaction, asked: contract.PutDunningProcedure, who: Principal
) -> contract.DunningProcedure:
    """Say how customers are reminded."""
    return await commands.put_procedure(tx, asked, who)


@operations.command(contract.AssignDunningProcedure)
async def assign_procedure(
    tx: Transaction, asked: contract.AssignDunningProcedure, who: Principal
) -> contract.DunningAssignment:
    """Give a customer a procedure of their own."""
    return await commands.assign(tx, asked)


@operations.command(contract.StopDunning)
async def stop_dunning(
    tx: Transaction, asked: contract.StopDunning, who: Principal
) -> contract.DunningStop:
    """Leave a customer or an item out."""
    return await commands.stop(tx, asked, who)


@operations.command(contract.LiftDunningStop)
async def lift_stop(
    tx: Transaction, asked: contract.LiftDunningStop, who: Principal
) -> contract.DunningStop:
    """Take a customer or an item in again."""
    return await commands.lift(tx, asked, who)


@operations.question(contract.ListDunningStops)
async def list_stops(
    tx: Transaction, asked: contract.ListDunningStops, who: Principal
) -> contract.DunningStops:
    """What of a customer is or was left out."""
    return await queries.stops(tx, asked.customer)


@operations.command(contract.RunDunning)
async def run_dunning(
    tx: Transaction, asked: contract.RunDunning, who: Principal
) -> contract.DunningRun:
    """Begin a run."""
    return await commands.begin_run(tx, asked, who, today=clock.today())


@operations.question(contract.GetDunningRun)
async def get_run(
    tx: Transaction, asked: contract.GetDunningRun, who: Principal
) -> contract.DunningRun:
    """How far a run is."""
    return await queries.one_run(tx, asked.run)


@operations.question(contract.ListDunningRuns)
async def list_runs(
    tx: Transaction, asked: contract.ListDunningRuns, who: Principal
) -> contract.DunningRuns:
    """Runs, the latest first."""
    return await queries.runs(tx, asked)


@operations.question(contract.ListDunnedItems)
async def list_dunned(
    tx: Transaction, asked: contract.ListDunnedItems, who: Principal
) -> contract.DunnedItems:
    """Open items that were reminded."""
    return await queries.dunned(tx, asked, clock.today())


@operations.question(contract.GetDunningLetter)
async def get_letter(
    tx: Transaction, asked: contract.GetDunningLetter, who: Principal
) -> contract.DunningLetter:
    """One letter."""
    language = asked.language or ("en" if language_of(who.locale) == "en" else "es")
    return await queries.letter(tx, asked.letter, language)


@operations.question(contract.ListDunningLetters)
async def list_letters(
    tx: Transaction, asked: contract.ListDunningLetters, who: Principal
) -> contract.DunningLetters:
    """Letters of a run or to a customer."""
    return await queries.letters(tx, asked)


@operations.question(contract.ExplainCharge)
async def explain_charge(
    tx: Transaction, asked: contract.ExplainCharge, who: Principal
) -> contract.ChargeExplained:
    """Why a fee or an interest is what it is."""
    return await queries.explained(tx, asked.document)


@operations.question(contract.ReportDunning)
async def report_dunning(
    tx: Transaction, asked: contract.ReportDunning, who: Principal
) -> contract.DunningReport:
    """The reminders that a policy would have produced."""
    return await queries.report(tx, asked, clock.today())
