"""What can be asked about promises and plans."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from billing.batch import Row
from billing.exposure import queries as credit
from billing.exposure import store as accounts
from billing.promises import rules, store
from billing.promises.model import Instalment, Judged, PlanJudged, State
from contracts.billing import promises as contract
from kernel.database import Transaction
from kernel.money import Money

CANCELLED = "cancelled_at"


async def judged(
    tx: Transaction, customers: Collection[UUID], today: date
) -> tuple[Sequence[Row], dict[UUID, Judged]]:
    """The promises of these customers, and how those stand that were not cancelled."""
    rows = await store.promises_of(tx, customers)
    standing = [row for row in rows if row[CANCELLED] is None]
    if not standing:
        return rows, {}
    paid = await store.payments(tx, customers, min(row["made_on"] for row in standing))
    by: dict[UUID, list[Row]] = {}
    for row in standing:
        by.setdefault(row["customer"], []).append(row)
    found: dict[UUID, Judged] = {}
    for customer, theirs in by.items():
        promises = [store.promise(row) for row in theirs]
        found |= rules.judge(promises, paid.get(customer, ()), today)
    return rows, found


async def promised(
    tx: Transaction, customers: Collection[UUID], today: date
) -> dict[UUID, list[Money]]:
    """What these customers have promised for today or later and not paid yet, by currency."""
    rows, states = await judged(tx, customers, today)
    sums: dict[tuple[UUID, str], Money] = {}
    for row in rows:
        state = states.get(row["id"])
        if state and state.state is State.OPEN:
            key = (row["customer"], row["currency"])
            left = Money(row["amount"], row["currency"]) - state.paid
            sums[key] = sums[key] + left if key in sums else left
    found: dict[UUID, list[Money]] = {}
    for (customer, _), amount in sums.items():
        found.setdefault(customer, []).append(amount)
    return found


async def broken(tx: Transaction, customers: Collection[UUID], today: date) -> dict[UUID, int]:
    """How many promises and plans of these customers are broken now."""
    rows, states = await judged(tx, customers, today)
    found: dict[UUID, int] = {}
    for customer in {row["customer"] for row in rows}:
        theirs = [
            store.promise(row)
            for row in rows
            if row["customer"] == customer and row["id"] in states
        ]
        count = len(rules.broken_now(theirs, states))
        if count:
            found[customer] = count
    for row in await store.plans_in_force(tx, customers):
        if judge_plan(row, today).state is State.BROKEN:
            found[row["customer"]] = found.get(row["customer"], 0) + 1
    return found


async def items_in_plans(
    tx: Transaction, customers: Collection[UUID] | None, today: date
) -> set[UUID]:
    """What of these customers, or all, is in a plan that is kept so far: nobody is asked for it."""
    rows = await store.plans_in_force(tx, customers)
    return {
        item for row in rows if judge_plan(row, today).state is State.OPEN for item in row["items"]
    }


def instalments(row: Row) -> list[Instalment]:
    """The instalments of a plan."""
    return [
        Instalment(
            one["number"],
            date.fromisoformat(one["due_on"]),
            Money.of(one["amount"], row["currency"]),
        )
        for one in json.loads(row["instalments"])
    ]


def judge_plan(row: Row, today: date) -> PlanJudged:
    """How a plan stands."""
    return rules.judge_plan(instalments(row), Money(row["paid"], row["currency"]), today)


async def promises(tx: Transaction, customer: UUID, today: date) -> contract.Promises:
    """What a customer promised, and what became of it.

    Raises:
        NotFound: the customer is not there, or out of the person's scope.
    """
    await open_customer(tx, customer)
    rows, states = await judged(tx, [customer], today)
    return contract.Promises(items=[_promise(row, states.get(row["id"])) for row in rows])


async def open_customer(tx: Transaction, customer: UUID) -> None:
    """Check that the person sees the customer, and count what they paid at whatever branch.

    Raises:
        NotFound: the customer is not there, or out of the person's scope.
    """
    await credit.credit_of(tx, customer)
    await accounts.settle_for(tx, customer)


def _promise(row: Row, state: Judged | None) -> contract.Promise:
    nothing = Money.zero(row["currency"])
    return contract.Promise(
        promise=row["id"],
        customer=row["customer"],
        amount=Money(row["amount"], row["currency"]),
        made_on=row["made_on"],
        promised_on=row["promised_on"],
        note=row["note"],
        made_by=row["made_by"],
        state=state.state.value if state else State.CANCELLED.value,
        paid=state.paid if state else nothing,
    )


async def plans(tx: Transaction, customer: UUID, today: date) -> contract.PaymentPlans:
    """What was agreed with a customer, and how it goes.

    Raises:
        NotFound: the customer is not there, or out of the person's scope.
    """
    await open_customer(tx, customer)
    rows = await store.plans_of(tx, [customer])
    return contract.PaymentPlans(items=[_plan(row, today) for row in rows])


def _plan(row: Row, today: date) -> contract.PaymentPlan:
    state = judge_plan(row, today)
    cancelled = row[CANCELLED] is not None
    return contract.PaymentPlan(
        plan=row["id"],
        customer=row["customer"],
        agreed_on=row["agreed_on"],
        agreed_by=row["agreed_by"],
        note=row["note"],
        items=row["items"],
        instalments=[
            contract.PlanInstalment(due_on=one.due_on, amount=one.amount)
            for one in instalments(row)
        ],
        total=Money(row["total"], row["currency"]),
        paid=state.paid,
        state=State.CANCELLED.value if cancelled else state.state.value,
        late=Money.zero(row["currency"]) if cancelled else state.late,
        missed=None if cancelled else state.missed,
    )
