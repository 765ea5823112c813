"""Credit accounts, balances and commitments in the database."""

# ruff: noqa: S608 - statements are made of our own names; values are parameters

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any
from uuid import UUID

from billing.batch import Row, insert_many
from billing.exposure.model import Commitment, HeldFor, Order, OrderClass, Policy, State
from billing.limits.rules import in_force
from billing.tables import balances, commitments, credit_accounts
from kernel import clock
from kernel.database import Transaction
from kernel.money import Money

ZERO = Decimal(0)
DEFAULT_POLICY = Policy(reservation_days=7, alert_at=())


@dataclass(frozen=True, slots=True)
class AccountRow:
    """What an account says: where it belongs, its currency, and the limit in force today."""

    customer: UUID
    company: str
    unit: str
    owner: UUID | None
    currency: str
    limit: Money | None
    lasting: Money | None = None
    """The limit without the temporary one."""
    temporary: Money | None = None
    until: date | None = None
    """The last day on which the temporary limit holds."""
    blocked: tuple[str, ...] = ()
    """Who has blocked the credit."""
    group: UUID | None = None
    alerted: Decimal = ZERO
    """The highest threshold that was reached and told."""
    policy: Policy = DEFAULT_POLICY


@dataclass(frozen=True, slots=True)
class Balance:
    """The derived figures of a customer in one currency, or a change of them."""

    receivable: Decimal = ZERO
    unallocated: Decimal = ZERO
    ordered: Decimal = ZERO
    reserved: Decimal = ZERO

    def __add__(self, other: Balance) -> Balance:
        return Balance(
            self.receivable + other.receivable,
            self.unallocated + other.unallocated,
            self.ordered + other.ordered,
            self.reserved + other.reserved,
        )

    @property
    def used(self) -> Decimal:
        """What counts against a limit."""
        return self.receivable - self.unallocated + self.ordered + self.reserved


@dataclass(frozen=True, slots=True)
class Group:
    """Customers who share a limit, and what they use of it together."""

    id: UUID
    company: str
    unit: str
    name: str
    limit: Money | None
    used: Money

    @property
    def currency(self) -> str:
        """The currency of the shared limit."""
        return self.used.currency


FIGURES = tuple(field.name for field in fields(Balance))
Balances = dict[tuple[UUID, str], Balance]

LOCK = """
SELECT a.customer, a.company, a.unit, a.owner, a.currency, a.limit_amount, a.temporary_amount,
       a.temporary_until, a.blocked, a.group_id, a.alerted, p.reservation_days, p.alert_at
FROM credit_accounts a LEFT JOIN LATERAL (
    SELECT reservation_days, alert_at FROM credit_policies
    WHERE company IN (a.company, '*') ORDER BY company = '*' LIMIT 1) p ON true
WHERE a.customer = ANY ($1) ORDER BY a.customer FOR UPDATE OF a
"""
READ = LOCK.replace("FOR UPDATE OF a", "")
SETTLING = "SELECT set_config('billing.settling', $1, true)"


async def settle_for(tx: Transaction, customer: UUID) -> None:
    """Open all of one customer's rows to this transaction, of whatever unit they are."""
    await tx.driver.execute(SETTLING, str(customer))


async def accounts(
    tx: Transaction, customers: Iterable[UUID], *, lock: bool
) -> dict[UUID, AccountRow]:
    """The accounts of these customers, in one order for everybody: no two wait in a ring."""
    ids = sorted(set(customers), key=attrgetter("int"))
    rows = await tx.driver.fetch(LOCK if lock else READ, ids)
    return {row["customer"]: _account(row) for row in rows}


def _account(row: Row) -> AccountRow:
    currency, until = row["currency"], row["temporary_until"]
    lasting, temporary = (_money(row[name], currency) for name in LIMITS)
    return AccountRow(
        customer=row["customer"],
        company=row["company"],
        unit=row["unit"],
        owner=row["owner"],
        currency=currency,
        limit=in_force(lasting, temporary, until, clock.today()),
        lasting=lasting,
        temporary=temporary,
        until=until,
        blocked=tuple(row["blocked"]),
        group=row["group_id"],
        alerted=row["alerted"],
        policy=Policy(row["reservation_days"], tuple(sorted(row["alert_at"]))),
    )


LIMITS = ("limit_amount", "temporary_amount")


def _money(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount, currency)


def _amount(money: Money | None) -> Decimal | None:
    return None if money is None else money.amount


async def open_accounts(tx: Transaction, rows: Iterable[AccountRow]) -> None:
    """Accounts for customers whose card has not come yet; those that are there stay."""
    columns = ("customer", "company", "unit", "currency", "limit_amount")
    values = [
        (row.customer, row.company, row.unit, row.currency, _amount(row.limit))
        for row in sorted(rows, key=attrgetter("customer.int"))
    ]
    await insert_many(tx, credit_accounts, columns, values, "ON CONFLICT DO NOTHING")


async def balances_of(tx: Transaction, customers: Iterable[UUID]) -> Balances:
    """What these customers owe and have ordered, by currency."""
    rows = await tx.driver.fetch(
        "SELECT customer, currency, receivable, unallocated, ordered, reserved"
        " FROM balances WHERE customer = ANY ($1)",
        list(set(customers)),
    )
    return {(row[0], row[1]): Balance(*row[2:]) for row in (tuple(each) for each in rows)}


async def add_to_balances(tx: Transaction, changes: Balances) -> None:
    """Add the changes to the running balances."""
    values = [
        (*key, *(getattr(change, name) for name in FIGURES))
        for key, change in sorted(changes.items(), key=lambda each: (each[0][0].int, each[0][1]))
        if change != Balance()
    ]
    added = ", ".join(f"{name} = balances.{name} + excluded.{name}" for name in FIGURES)
    ending = f"ON CONFLICT (customer, currency) DO UPDATE SET {added}"
    await insert_many(tx, balances, ("customer", "currency", *FIGURES), values, ending)


COMMITMENT = (
    "order_id", "number", "customer", "company", "unit", "rep", "currency", "total",
    "state", "invoiced", "complete", "missing", "order_class", "why", "expires_at",
)  # fmt: skip
_KEPT = ", ".join(f"{name} = excluded.{name}" for name in COMMITMENT[1:])


async def commitments_of(tx: Transaction, orders: Sequence[UUID]) -> dict[UUID, Commitment]:
    """What is known of these orders."""
    rows = await tx.driver.fetch(
        f"SELECT {', '.join(COMMITMENT)} FROM commitments WHERE order_id = ANY ($1)", orders
    )
    return {row["order_id"]: commitment(row) for row in rows}


def commitment(row: Row) -> Commitment:
    """A commitment from its row."""
    currency = row["currency"]
    order = Order(
        row["order_id"],
        row["number"],
        row["customer"],
        row["company"],
        row["unit"],
        row["rep"],
        Money(row["total"], currency),
        OrderClass(row["order_class"]),
    )
    return Commitment(
        order,
        State(row["state"]),
        invoiced=Money(row["invoiced"], currency),
        complete=row["complete"],
        missing=_money(row["missing"], currency),
        why=row["why"] and HeldFor(row["why"]),
        expires_at=row["expires_at"],
    )


async def keep_commitments(tx: Transaction, kept: Iterable[Commitment]) -> None:
    """Write commitments as they are now."""
    values = [_values(one) for one in kept]
    ending = f"ON CONFLICT (order_id) DO UPDATE SET {_KEPT}"
    await insert_many(tx, commitments, COMMITMENT, values, ending)


def _values(one: Commitment) -> tuple[Any, ...]:
    order, total = one.order, one.order.total
    return (
        order.order,
        order.number,
        order.customer,
        order.company,
        order.unit,
        order.rep,
        total.currency,
        total.amount,
        one.state.value,
        one.invoiced.amount,
        one.complete,
        _amount(one.missing),
        order.order_class.value,
        one.why and one.why.value,
        one.expires_at,
    )


async def groups(tx: Transaction, ids: Iterable[UUID], *, lock: bool) -> dict[UUID, Group]:
    """These groups of customers, in one order for everybody, always after their accounts.

    What a group uses is added up anew, once the lock is there: only who decides about an order
    needs it, so nothing else waits for a group.
    """
    wanted = sorted(set(ids), key=attrgetter("int"))
    if not wanted:
        return {}
    found = "SELECT id FROM credit_groups WHERE id = ANY ($1) ORDER BY id"
    if lock:
        await tx.driver.execute(f"{found} FOR UPDATE", wanted)
    return {row["id"]: _group(row) for row in await tx.driver.fetch(GROUPS, wanted)}


GROUPS = """
SELECT id, company, unit, name, currency, limit_amount, group_used(id) AS used
FROM credit_groups WHERE id = ANY ($1)
"""


def _group(row: Row) -> Group:
    currency = row["currency"]
    limit, used = _money(row["limit_amount"], currency), Money(row["used"], currency)
    return Group(row["id"], row["company"], row["unit"], row["name"], limit, used)


async def numbers_of(tx: Transaction, customers: Sequence[UUID]) -> dict[UUID, str]:
    """What people call these customers, as far as we know their cards."""
    if not customers:
        return {}
    rows = await tx.driver.fetch(
        "SELECT customer, number FROM customers WHERE customer = ANY ($1)", customers
    )
    return {row["customer"]: row["number"] for row in rows}


async def keep_alerts(tx: Transaction, alerted: Mapping[UUID, Decimal]) -> None:
    """The thresholds that these customers' credit has reached by now."""
    if alerted:
        await tx.driver.execute(
            "UPDATE credit_accounts a SET alerted = n.alerted"
            " FROM unnest($1::uuid[], $2::numeric[]) AS n (customer, alerted)"
            " WHERE a.customer = n.customer",
            list(alerted),
            list(alerted.values()),
        )


async def policy_of(tx: Transaction, company: str) -> Policy:
    """What a company says of its credit, or what holds everywhere."""
    row = await tx.driver.fetchrow(
        "SELECT reservation_days, alert_at FROM credit_policies"
        " WHERE company IN ($1, '*') ORDER BY company = '*' LIMIT 1",
        company,
    )
    assert row is not None, "the migration says what holds everywhere"
    return Policy(row["reservation_days"], tuple(sorted(row["alert_at"])))


async def set_policy(tx: Transaction, company: str, policy: Policy) -> None:
    """What a company says of its credit from now on."""
    await tx.driver.execute(
        "INSERT INTO credit_policies (company, reservation_days, alert_at) VALUES ($1, $2, $3)"
        " ON CONFLICT (company) DO UPDATE SET reservation_days = $2, alert_at = $3",
        company,
        policy.reservation_days,
        list(policy.alert_at),
    )


EXPIRING = """
SELECT order_id, customer FROM commitments
WHERE state = 'reserved' AND expires_at <= $1 ORDER BY expires_at LIMIT $2
"""


async def expiring(tx: Transaction, now: datetime, at_most: int) -> dict[UUID, UUID]:
    """Orders whose reservation ends, with their customers; not locked yet."""
    rows = await tx.driver.fetch(EXPIRING, now, at_most)
    return {row["order_id"]: row["customer"] for row in rows}


async def note_decision(tx: Transaction, order: UUID, by: UUID, reason: str) -> None:
    """Write down who decided about a held order, and why."""
    await tx.driver.execute(
        "UPDATE commitments SET decided_by = $2, decided_at = now(), reason = $3"
        " WHERE order_id = $1",
        order,
        by,
        reason,
    )


HELD = """
SELECT h.*, c.number AS customer_number, c.name AS customer_name, p.name AS rep_name
FROM commitments h LEFT JOIN customers c USING (customer) LEFT JOIN people p ON p.person = h.rep
WHERE h.state = 'held' AND ($1::text IS NULL OR h.company = $1)
  AND ($2::timestamptz IS NULL OR (h.known_at, h.order_id) > ($2, $3))
ORDER BY h.known_at, h.order_id LIMIT $4
"""


async def held_orders(
    tx: Transaction, company: str | None, after: tuple[datetime, UUID] | None, limit: int
) -> list[Row]:
    """Orders that wait for a decision, the longest waiting first."""
    at, order = after or (None, None)
    return list(await tx.driver.fetch(HELD, company, at, order, limit))
