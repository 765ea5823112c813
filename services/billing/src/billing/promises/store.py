"""Promises, plans, and what was paid, in the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from billing.batch import Row
from billing.promises.model import Instalment, Paid, Promise
from kernel.database import Transaction
from kernel.money import Money


async def add_promise(tx: Transaction, *values: Any) -> None:
    """A promise: id, customer, company, currency, amount, made on, promised on, note, by whom."""
    await tx.driver.execute(
        "INSERT INTO promises (id, customer, company, currency, amount, made_on, promised_on,"
        " note, made_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        *values,
    )


async def cancel_promise(tx: Transaction, promise: UUID, by: UUID) -> bool:
    """Cancel a promise; False when it was cancelled before, or is not there."""
    done = await tx.driver.execute(
        "UPDATE promises SET cancelled_by = $2, cancelled_at = now()"
        " WHERE id = $1 AND cancelled_at IS NULL",
        promise,
        by,
    )
    return bool(done == "UPDATE 1")


async def customer_of_promise(tx: Transaction, promise: UUID) -> UUID | None:
    """Whose promise it is; None when it is not there, or out of scope."""
    customer: UUID | None = await tx.driver.fetchval(
        "SELECT customer FROM promises WHERE id = $1", promise
    )
    return customer


async def promises_of(tx: Transaction, customers: Collection[UUID]) -> Sequence[Row]:
    """The promises of these customers, the latest promised day first."""
    return await tx.driver.fetch(
        "SELECT * FROM promises WHERE customer = ANY ($1) ORDER BY promised_on DESC, id DESC",
        list(customers),
    )


def promise(row: Row) -> Promise:
    """A promise from its row."""
    amount = Money(row["amount"], row["currency"])
    return Promise(row["id"], row["made_on"], row["promised_on"], amount)


# A payment that was taken back later has not kept anything; one to come back is none.
PAYMENTS = """
SELECT d.customer, d.issued_on, d.gross, d.currency FROM documents d
WHERE d.customer = ANY ($1) AND d.kind = 'payment' AND d.issued_on >= $2
  AND NOT EXISTS (SELECT FROM reversals r WHERE r.payment = d.id)
"""


async def payments(
    tx: Transaction, customers: Collection[UUID], since: date
) -> dict[UUID, list[Paid]]:
    """What these customers paid from a day on, and was not taken back."""
    found: dict[UUID, list[Paid]] = {}
    for row in await tx.driver.fetch(PAYMENTS, list(customers), since):
        one = Paid(row["issued_on"], Money(row["gross"], row["currency"]))
        found.setdefault(row["customer"], []).append(one)
    return found


async def add_plan(
    tx: Transaction,
    values: tuple[Any, ...],
    instalments: Iterable[Instalment],
    items: Iterable[tuple[UUID, Money]],
) -> None:
    """A plan: id, customer, company, currency, total, agreed on, note, by whom; and its parts."""
    plan, customer = values[:2]
    await tx.driver.execute(
        "INSERT INTO payment_plans (id, customer, company, currency, total, agreed_on, note,"
        " agreed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        *values,
    )
    await tx.driver.executemany(
        "INSERT INTO plan_instalments (plan, customer, number, due_on, amount)"
        " VALUES ($1, $2, $3, $4, $5)",
        [(plan, customer, one.number, one.due_on, one.amount.amount) for one in instalments],
    )
    await tx.driver.executemany(
        "INSERT INTO plan_items (plan, customer, item, open) VALUES ($1, $2, $3, $4)",
        [(plan, customer, item, open_.amount) for item, open_ in items],
    )


async def cancel_plan(tx: Transaction, plan: UUID, by: UUID) -> bool:
    """Cancel a plan; False when it was cancelled before."""
    done = await tx.driver.execute(
        "UPDATE payment_plans SET cancelled_by = $2, cancelled_at = now()"
        " WHERE id = $1 AND cancelled_at IS NULL",
        plan,
        by,
    )
    await tx.driver.execute("UPDATE plan_items SET current = false WHERE plan = $1", plan)
    return bool(done == "UPDATE 1")


async def customer_of_plan(tx: Transaction, plan: UUID) -> UUID | None:
    """Whose plan it is; None when it is not there, or out of scope."""
    customer: UUID | None = await tx.driver.fetchval(
        "SELECT customer FROM payment_plans WHERE id = $1", plan
    )
    return customer


# Paid on a plan is what its items owe less than when it was agreed, however they were settled.
PLANS = """
SELECT p.*,
       (SELECT jsonb_agg(jsonb_build_object('number', n.number, 'due_on', n.due_on,
                                            'amount', n.amount::text) ORDER BY n.number)::text
        FROM plan_instalments n WHERE n.plan = p.id) AS instalments,
       x.items, x.paid
FROM payment_plans p JOIN LATERAL (
    SELECT array_agg(t.item ORDER BY i.due_on, t.item) AS items,
           sum(greatest(t.open - i.open, 0)) AS paid
    FROM plan_items t JOIN open_items i USING (item) WHERE t.plan = p.id
) x ON true
WHERE {which} ORDER BY p.agreed_on DESC, p.id DESC
"""


async def plans_of(tx: Transaction, customers: Collection[UUID]) -> Sequence[Row]:
    """The plans of these customers, the latest first."""
    query = PLANS.format(which="p.customer = ANY ($1)")
    return await tx.driver.fetch(query, list(customers))


async def plans_in_force(tx: Transaction, customers: Collection[UUID] | None) -> Sequence[Row]:
    """The plans of these customers, or of all in scope, that were not cancelled."""
    which = "($1::uuid[] IS NULL OR p.customer = ANY ($1)) AND p.cancelled_at IS NULL"
    given = None if customers is None else list(customers)
    return await tx.driver.fetch(PLANS.format(which=which), given)


OPEN = """
SELECT i.item, i.open, i.currency,
       EXISTS (SELECT FROM plan_items t WHERE t.item = i.item AND t.current) AS planned
FROM open_items i
WHERE i.customer = $1 AND i.item = ANY ($2) AND i.open > 0
  AND i.kind IN ('invoice', 'interest', 'fee')
"""


async def open_items(
    tx: Transaction, customer: UUID, items: Sequence[UUID]
) -> dict[UUID, tuple[Money, bool]]:
    """What is open on those of these items that the customer owes, and whether it is planned."""
    rows = await tx.driver.fetch(OPEN, customer, items)
    return {row["item"]: (Money(row["open"], row["currency"]), row["planned"]) for row in rows}


# --- what is told -------------------------------------------------------------------------------

WATCHED_DAYS = 180
"""So long after the promised day a payment may still be taken back, and break it."""

TO_JUDGE = """
SELECT DISTINCT p.customer FROM promises p
WHERE p.cancelled_at IS NULL AND NOT p.told_broken AND p.promised_on < $1
  AND p.promised_on >= $1 - $2::int AND (p.looked_on IS NULL OR p.looked_on < $1)
ORDER BY p.customer LIMIT $3
"""


async def to_judge(tx: Transaction, today: date, at_most: int) -> list[UUID]:
    """Customers with a promise whose day has passed and that was not looked at today."""
    rows = await tx.driver.fetch(TO_JUDGE, today, WATCHED_DAYS, at_most)
    return [row["customer"] for row in rows]


async def looked_at(
    tx: Transaction, customers: Sequence[UUID], broken: Sequence[UUID], today: date
) -> None:
    """The promises of these customers were looked at today, and those broken are told."""
    await tx.driver.execute(
        "UPDATE promises SET looked_on = $2, told_broken = told_broken OR id = ANY ($3)"
        " WHERE customer = ANY ($1) AND cancelled_at IS NULL AND promised_on < $2",
        customers,
        today,
        broken,
    )


async def plans_to_judge(tx: Transaction, today: date, at_most: int) -> Sequence[Row]:
    """Plans in force that were not looked at today."""
    which = (
        "p.id IN (SELECT id FROM payment_plans WHERE cancelled_at IS NULL"
        " AND (looked_on IS NULL OR looked_on < $1) ORDER BY id LIMIT $2 FOR UPDATE)"
    )
    return await tx.driver.fetch(PLANS.format(which=which), today, at_most)


async def judged_plan(tx: Transaction, plan: UUID, missed: int, today: date, *, kept: bool) -> None:
    """A plan was looked at today; one that is kept holds its items no longer."""
    await tx.driver.execute(
        "UPDATE payment_plans SET looked_on = $2, told_missed = $3 WHERE id = $1",
        plan,
        today,
        missed,
    )
    if kept:
        await tx.driver.execute("UPDATE plan_items SET current = false WHERE plan = $1", plan)


async def cards(tx: Transaction, customers: Collection[UUID]) -> dict[UUID, Row]:
    """Where these customers belong, and what people call them."""
    rows = await tx.driver.fetch(
        "SELECT customer, number, company, unit, owner FROM customers WHERE customer = ANY ($1)",
        list(customers),
    )
    return {row["customer"]: row for row in rows}
