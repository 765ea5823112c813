"""Discounts, who may grant them, and breaches in the database."""

# ruff: noqa: S608 - statements are made of our own names; values are parameters

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Date, DateTime, Integer, Numeric, Table, Text, Uuid

from billing.batch import Row, arrays, insert_many
from billing.discounts.model import Authority, Breach, Granted, State, Working
from billing.tables import metadata
from contracts.customers.order_placed import OrderPlacedV1
from kernel.database import Transaction
from kernel.money import Money

discount_authorities = Table(
    "discount_authorities",
    metadata,
    Column("company", Text, primary_key=True),
    Column("unit", Text, primary_key=True),
    Column("role", Text, primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("currency", Text, primary_key=True),
    Column("rate", Numeric),
    Column("amount", Numeric),
    Column("below_floor", Boolean),
)

discounts = Table(
    "discounts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("company", Text),
    Column("unit", Text),
    Column("rep", Uuid),
    Column("customer", Uuid),
    Column("document", Uuid),
    Column("number", Text),
    Column("currency", Text),
    Column("listed", Numeric),
    Column("discount", Numeric),
    Column("net", Numeric),
    Column("below_floor", Boolean),
    Column("reason", Text),
    Column("state", Text),
    Column("requested_at", DateTime(timezone=True)),
    Column("valid_until", Date),
    Column("decided_by", Uuid),
    Column("decided_at", DateTime(timezone=True)),
    Column("verdict", Text),
)

discount_lines = Table(
    "discount_lines",
    metadata,
    Column("discount", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("unit", Text),
    Column("rep", Uuid),
    Column("product", Text),
    Column("quantity", Numeric),
    Column("list_price", Numeric),
    Column("unit_price", Numeric),
    Column("floor", Numeric),
    Column("cost", Numeric),
    Column("own", Numeric),
    Column("share", Numeric),
    Column("listed", Numeric),
    Column("net", Numeric),
)

price_breaches = Table(
    "price_breaches",
    metadata,
    Column("order_id", Uuid, primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("number", Text),
    Column("company", Text),
    Column("unit", Text),
    Column("rep", Uuid),
    Column("customer", Uuid),
    Column("placed_on", Date),
    Column("product", Text),
    Column("quantity", Numeric),
    Column("currency", Text),
    Column("net", Numeric),
    Column("least", Numeric),
)

AUTHORITIES = """
SELECT DISTINCT ON (unit, role, scope, currency) * FROM discount_authorities
WHERE company IN ($1, '*') ORDER BY unit, role, scope, currency, company = '*'
"""
# What is said nearest to the unit holds there; what a company says goes before what all have.
AUTHORITIES_AT = """
SELECT DISTINCT ON (role, scope, currency) * FROM discount_authorities
WHERE company IN ($1, '*') AND (unit = '*' OR unit = ANY ($2))
ORDER BY role, scope, currency, company = '*', array_position($2::text[], unit) NULLS LAST
"""


async def authorities_of(tx: Transaction, company: str) -> list[Authority]:
    """Who may take off how much; a company's own rows go before those for every company."""
    return [_authority(row) for row in await tx.driver.fetch(AUTHORITIES, company)]


async def authorities_at(tx: Transaction, company: str, units: Sequence[str]) -> list[Authority]:
    """Who may take off how much at a unit.

    Args:
        units: the unit and what it belongs to, the nearest first.
    """
    rows = await tx.driver.fetch(AUTHORITIES_AT, company, list(units))
    return [_authority(row) for row in rows]


def _authority(row: Row) -> Authority:
    amount, currency = row["amount"], row["currency"]
    return Authority(
        row["role"],
        row["scope"],
        currency,
        row["rate"],
        None if amount is None else Money(amount, currency),
        row["below_floor"],
        row["unit"],
    )


async def set_authority(tx: Transaction, company: str, given: Authority) -> None:
    """How much a role may take off from now on."""
    await tx.driver.execute(
        "INSERT INTO discount_authorities VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        " ON CONFLICT (company, unit, role, scope, currency)"
        " DO UPDATE SET rate = $6, amount = $7, below_floor = $8",
        company,
        given.unit,
        given.role,
        given.scope,
        given.currency,
        given.rate,
        given.amount and given.amount.amount,
        given.below_floor,
    )


HEAD = (
    "id", "company", "unit", "rep", "customer", "document", "number", "currency", "reason",
    "state", "valid_until", "decided_by", "decided_at", "listed", "discount", "net",
    "below_floor",
)  # fmt: skip


async def add(tx: Transaction, head: tuple[Any, ...], working: Working) -> None:
    """A new request with its working; `head` is the row up to `decided_at`."""
    sums = (working.listed, working.discount, working.net)
    row = (*head, *(money.amount for money in sums), working.below_floor)
    await insert_many(tx, discounts, HEAD, [row])
    id_, _, unit, rep = head[:4]
    lines = [
        (
            id_, each.offered.number, unit, rep, each.offered.product, each.offered.quantity,
            each.offered.list_price.amount, each.offered.unit_price.amount,
            _amount(each.offered.floor), _amount(each.offered.cost), each.own.amount,
            each.share.amount, each.listed.amount, each.net.amount,
        )
        for each in working.lines
    ]  # fmt: skip
    await insert_many(tx, discount_lines, tuple(discount_lines.c.keys()), lines)


def _amount(money: Money | None) -> Decimal | None:
    return None if money is None else money.amount


async def lock(tx: Transaction, discount: UUID) -> Row | None:
    """A request, until the transaction ends."""
    query = "SELECT * FROM discounts WHERE id = $1 FOR UPDATE"
    return await tx.driver.fetchrow(query, discount)


async def decide(
    tx: Transaction, discount: UUID, state: State, by: UUID | None, verdict: str
) -> Row:
    """What was decided about a request; returns its row as it is then."""
    row = await tx.driver.fetchrow(
        "UPDATE discounts SET state = $2, decided_by = $3, decided_at = now(), verdict = $4"
        " WHERE id = $1 RETURNING *",
        discount,
        state.value,
        by,
        verdict,
    )
    assert row is not None, "it was locked"
    return row


SHOWN = """
SELECT d.*, c.name AS customer_name, p.name AS rep_name FROM discounts d
LEFT JOIN customers c USING (customer) LEFT JOIN people p ON p.person = d.rep
"""
LIST = f"""
{SHOWN} WHERE ($1::text IS NULL OR d.company = $1) AND ($2::uuid IS NULL OR d.customer = $2)
  AND ($3::text IS NULL OR $3 = CASE WHEN d.state <> 'rejected' AND d.valid_until < $4
                                     THEN 'expired' ELSE d.state END)
  AND ($5::uuid IS NULL OR d.id < $5)
ORDER BY d.id DESC LIMIT $6
"""


async def shown(tx: Transaction, discount: UUID) -> Row | None:
    """One request with the names it speaks of."""
    return await tx.driver.fetchrow(f"{SHOWN} WHERE d.id = $1", discount)


async def list_discounts(
    tx: Transaction,
    which: tuple[str | None, UUID | None, str | None],
    today: date,
    before: UUID | None,
    limit: int,
) -> Sequence[Row]:
    """Requests in scope, the latest first; `which` is company, customer and state on this day."""
    return await tx.driver.fetch(LIST, *which, today, before, limit)


async def lines_of(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, list[Row]]:
    """The lines of requests, in their order."""
    found: dict[UUID, list[Row]] = {id_: [] for id_ in ids}
    query = "SELECT * FROM discount_lines WHERE discount = ANY ($1) ORDER BY discount, number"
    for row in await tx.driver.fetch(query, list(found)):
        found[row["discount"]].append(row)
    return found


GRANTED = """
SELECT d.customer, d.id, d.valid_until, d.currency, l.product, l.quantity, l.net
FROM discounts d JOIN discount_lines l ON l.discount = d.id
WHERE d.state = 'approved' AND d.customer = ANY ($1) AND d.valid_until >= $2
"""


async def granted(
    tx: Transaction, customers: Collection[UUID], on: date
) -> dict[UUID, list[Granted]]:
    """What these customers may buy at a discount on a day."""
    found: dict[UUID, list[Granted]] = {}
    for row in await tx.driver.fetch(GRANTED, list(customers), on):
        net = Money(row["net"], row["currency"])
        one = Granted(row["id"], row["product"], row["quantity"], net, row["valid_until"])
        found.setdefault(row["customer"], []).append(one)
    return found


EXPIRED = """
SELECT d.id FROM discounts d JOIN approvals a ON a.subject = d.id AND a.act = $1
WHERE a.state = 'waiting' AND d.state = 'requested' AND d.valid_until < $2 LIMIT 500
"""


async def expired_waiting(tx: Transaction, act: str, today: date) -> list[UUID]:
    """Requests past their last day that somebody is still asked to decide."""
    return [row["id"] for row in await tx.driver.fetch(EXPIRED, act, today)]


_BREACH = tuple(price_breaches.c.keys())
ADD_BREACHES = f"""
INSERT INTO price_breaches ({", ".join(_BREACH)}) SELECT * FROM {arrays(price_breaches, _BREACH)}
ON CONFLICT DO NOTHING RETURNING order_id
"""


async def add_breaches(
    tx: Transaction, found: Sequence[tuple[OrderPlacedV1, Sequence[Breach]]]
) -> set[UUID]:
    """Breaches of the price policy, line by line; returns the orders that are new among them."""
    rows = [
        (
            order.order, each.sold.number, order.number, order.company, order.unit, order.rep,
            order.customer, order.placed_on, each.sold.product, each.sold.quantity,
            each.least.currency, each.sold.net.amount, each.least.amount,
        )
        for order, breaches in found
        for each in breaches
    ]  # fmt: skip
    if not rows:
        return set()
    added = await tx.driver.fetch(ADD_BREACHES, *map(list, zip(*rows, strict=True)))
    return {row["order_id"] for row in added}


BREACHES = """
SELECT b.*, c.name AS customer_name, p.name AS rep_name FROM price_breaches b
LEFT JOIN customers c USING (customer) LEFT JOIN people p ON p.person = b.rep
WHERE ($1::text IS NULL OR b.company = $1) AND ($2::uuid IS NULL OR b.customer = $2)
  AND ($3::date IS NULL OR b.placed_on < $3
       OR b.placed_on = $3 AND (b.order_id, b.line) > ($4::uuid, $5::int))
ORDER BY b.placed_on DESC, b.order_id, b.line LIMIT $6
"""


async def list_breaches(
    tx: Transaction,
    which: tuple[str | None, UUID | None],
    after: tuple[date, UUID, int] | None,
    limit: int,
) -> Sequence[Row]:
    """Breaches in scope, the latest first; `which` is company and customer."""
    return await tx.driver.fetch(BREACHES, *which, *(after or (None,) * 3), limit)
