"""Writing down what customers promise, and telling what they broke."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from billing.batch import Row
from billing.exposure import queries as credit
from billing.exposure.book import Book
from billing.promises import queries, rules, store
from billing.promises.model import Instalment, State
from contracts.billing import promises as contract
from contracts.billing.plan_broken import PlanBrokenV1
from contracts.billing.promise_broken import PromiseBrokenV1
from kernel.database import Transaction
from kernel.ids import uuid7
from kernel.money import Money
from kernel.problems import NotFound
from kernel.scope import Principal

AT_ONCE = 200


async def record_promise(
    tx: Transaction, asked: contract.RecordPromise, who: Principal, *, today: date
) -> contract.Promise:
    """Write down what a customer promised to pay.

    Raises:
        NotFound: the customer is not there, or out of the person's scope.
        NothingPromised, PromisedForThePast, MoreThanOwed, DifferentCurrencies
    """
    account = await credit.credit_of(tx, asked.customer)
    owed = account.receivable - account.unallocated
    amount = rules.check_promise(asked.amount, asked.promised_on, owed, today)
    promise = uuid7()
    await store.add_promise(
        tx, promise, asked.customer, account.company, amount.currency, amount.amount, today,
        asked.promised_on, asked.note, who.person,
    )  # fmt: skip
    return await _promise(tx, asked.customer, promise, today)


async def cancel_promise(
    tx: Transaction, asked: contract.CancelPromise, who: Principal, *, today: date
) -> contract.Promise:
    """Take a promise off the list.

    Raises:
        NotFound: the promise is not there, or its customer is out of the person's scope.
        CancelledAlready
    """
    customer = await store.customer_of_promise(tx, asked.promise)
    if customer is None:
        raise NotFound("promise", str(asked.promise))
    if not await store.cancel_promise(tx, asked.promise, who.person):
        raise rules.CancelledAlready
    return await _promise(tx, customer, asked.promise, today)


async def _promise(tx: Transaction, customer: UUID, promise: UUID, today: date) -> contract.Promise:
    listed = await queries.promises(tx, customer, today)
    return next(one for one in listed.items if one.promise == promise)


async def agree_plan(
    tx: Transaction, asked: contract.AgreePlan, who: Principal, *, today: date
) -> contract.PaymentPlan:
    """Agree that open invoices are paid in parts; the customer's account is locked meanwhile.

    Raises:
        NotFound: the customer is not there, or out of the person's scope.
        NotOwed, InAnotherPlan, PlanDoesNotAddUp, InstalmentsNotInOrder, NothingPromised
    """
    await queries.open_customer(tx, asked.customer)
    account = (await Book.of_customers(tx, [asked.customer])).account(asked.customer)
    items = await _items(tx, asked)
    owed = Money.total((open_ for _, open_ in items), items[0][1].currency)
    instalments = _instalments(asked, owed)
    rules.check_plan(instalments, owed, today)
    plan = uuid7()
    values = (
        plan, asked.customer, account.company, owed.currency, owed.amount, today, asked.note,
        who.person,
    )  # fmt: skip
    await store.add_plan(tx, values, instalments, items)
    return await _plan(tx, asked.customer, plan, today)


async def _items(tx: Transaction, asked: contract.AgreePlan) -> list[tuple[UUID, Money]]:
    found = await store.open_items(tx, asked.customer, asked.items)
    items: list[tuple[UUID, Money]] = []
    for item in dict.fromkeys(asked.items):
        open_, planned = found.get(item, (None, False))
        if open_ is None or (items and items[0][1].currency != open_.currency):
            raise rules.NotOwed(str(item))
        if planned:
            raise rules.InAnotherPlan(str(item))
        items.append((item, open_))
    return items


def _instalments(asked: contract.AgreePlan, owed: Money) -> list[Instalment]:
    if asked.number is not None and asked.first_on is not None and not asked.instalments:
        return rules.equal_instalments(owed, asked.number, asked.first_on)
    return [
        Instalment(number, one.due_on, one.amount)
        for number, one in enumerate(asked.instalments, start=1)
    ]


async def cancel_plan(
    tx: Transaction, asked: contract.CancelPlan, who: Principal, *, today: date
) -> contract.PaymentPlan:
    """End a plan; its invoices are reminded again.

    Raises:
        NotFound: the plan is not there, or its customer is out of the person's scope.
        CancelledAlready
    """
    customer = await store.customer_of_plan(tx, asked.plan)
    if customer is None:
        raise NotFound("payment plan", str(asked.plan))
    if not await store.cancel_plan(tx, asked.plan, who.person):
        raise rules.CancelledAlready
    return await _plan(tx, customer, asked.plan, today)


async def _plan(tx: Transaction, customer: UUID, plan: UUID, today: date) -> contract.PaymentPlan:
    listed = await queries.plans(tx, customer, today)
    return next(one for one in listed.items if one.plan == plan)


# --- what is told -------------------------------------------------------------------------------


async def tell_broken_promises(tx: Transaction, today: date) -> bool:
    """Tell each promise that is broken, once; a promise is looked at once a day.

    Returns:
        Whether there is more to do.
    """
    found = await store.to_judge(tx, today, AT_ONCE)
    if not found:
        return False
    rows, states = await queries.judged(tx, found, today)
    broken = [
        row
        for row in rows
        if not row["told_broken"]
        and row["id"] in states
        and states[row["id"]].state is State.BROKEN
    ]
    cards = await store.cards(tx, found)
    for row in broken:
        _tell_promise(tx, row, states[row["id"]].paid, cards.get(row["customer"]))
    await store.looked_at(tx, found, [row["id"] for row in broken], today)
    return len(found) == AT_ONCE


def _tell_promise(tx: Transaction, row: Row, paid: Money, card: Row | None) -> None:
    told = PromiseBrokenV1(
        unit=card["unit"] if card else row["company"],
        promise=row["id"],
        customer=row["customer"],
        customer_number=card["number"] if card else None,
        company=row["company"],
        rep=card["owner"] if card else None,
        promised_on=row["promised_on"],
        amount=Money(row["amount"], row["currency"]),
        paid=paid,
    )
    tx.announce(told, person=told.rep)


async def tell_broken_plans(tx: Transaction, today: date) -> bool:
    """Tell each instalment that was missed, once; a plan is looked at once a day.

    Returns:
        Whether there is more to do.
    """
    rows = await store.plans_to_judge(tx, today, AT_ONCE)
    cards = await store.cards(tx, [row["customer"] for row in rows])
    for row in rows:
        state = queries.judge_plan(row, today)
        missed = state.missed or 0
        if missed > row["told_missed"]:
            _tell_plan(tx, row, missed, state.late, cards.get(row["customer"]))
        told = max(missed, row["told_missed"])
        await store.judged_plan(tx, row["id"], told, today, kept=state.state is State.KEPT)
    return len(rows) == AT_ONCE


def _tell_plan(tx: Transaction, row: Row, missed: int, late: Money, card: Row | None) -> None:
    parts: Sequence[Instalment] = queries.instalments(row)
    told = PlanBrokenV1(
        unit=card["unit"] if card else row["company"],
        plan=row["id"],
        customer=row["customer"],
        customer_number=card["number"] if card else None,
        company=row["company"],
        rep=card["owner"] if card else None,
        instalment=missed,
        due_on=parts[missed - 1].due_on,
        late=late,
    )
    tx.announce(told, person=told.rep)
