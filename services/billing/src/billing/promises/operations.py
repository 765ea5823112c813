"""Promises and plans, as the bus asks for them."""

from __future__ import annotations

from billing.promises import commands, queries, rules
from contracts.billing import promises as contract
from kernel import clock
from kernel.database import Transaction
from kernel.rpc import Operations
from kernel.scope import Principal

operations = Operations(
    status={
        rules.NothingPromised: 422,
        rules.PromisedForThePast: 422,
        rules.MoreThanOwed: 422,
        rules.PlanDoesNotAddUp: 422,
        rules.InstalmentsNotInOrder: 422,
        rules.NotOwed: 422,
    }
)


@operations.command(contract.RecordPromise)
async def record_promise(
    tx: Transaction, asked: contract.RecordPromise, who: Principal
) -> contract.Promise:
    """Write down a promise."""
    return await commands.record_promise(tx, asked, who, today=clock.today())


@operations.command(contract.CancelPromise)
async def cancel_promise(
    tx: Transaction, asked: contract.CancelPromise, who: Principal
) -> contract.Promise:
    """Take a promise off the list."""
    return await commands.cancel_promise(tx, asked, who, today=clock.today())


@operations.question(contract.ListPromises)
async def list_promises(
    tx: Transaction, asked: contract.ListPromises, who: Principal
) -> contract.Promises:
    """What a customer promised."""
    return await queries.promises(tx, asked.customer, clock.today())


@operations.command(contract.AgreePlan)
async def agree_plan(
    tx: Transaction, asked: contract.AgreePlan, who: Principal
) -> contract.PaymentPlan:
    """Agree on a plan."""
    return await commands.agree_plan(tx, asked, who, today=clock.today())


@operations.command(contract.CancelPlan)
async def cancel_plan(
    tx: Transaction, asked: contract.CancelPlan, who: Principal
) -> contract.PaymentPlan:
    """End a plan."""
    return await commands.cancel_plan(tx, asked, who, today=clock.today())


@operations.question(contract.ListPlans)
async def list_plans(
    tx: Transaction, asked: contract.ListPlans, who: Principal
) -> contract.PaymentPlans:
    """What was agreed with a customer."""
    return await queries.plans(tx, asked.customer, clock.today())
