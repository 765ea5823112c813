"""What can be asked about credit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from billing import paging
from billing.approvals import queries as approvals
from billing.authorities import queries as authorities
from billing.authorities.model import Authority
from billing.batch import Row
from billing.exposure import rules, store
from billing.exposure.book import exposure, group_available
from billing.exposure.model import HeldFor, State
from billing.exposure.store import AccountRow, Balance, Group
from contracts.billing.exposure import (
    CreditPolicy,
    HeldOrder,
    HeldOrders,
    ListHeldOrders,
    OrderCredit,
)
from contracts.billing.limits import CreditAccount
from kernel.database import Transaction
from kernel.money import Money
from kernel.problems import NotFound
from kernel.scope import Principal


async def credit_of(tx: Transaction, customer: UUID) -> CreditAccount:
    """The credit of a customer, with the parts it is made of.

    Raises:
        NotFound: there is no such customer, or it is out of the person's scope.
    """
    account = (await store.accounts(tx, [customer], lock=False)).get(customer)
    if account is None:
        raise NotFound("customer", str(customer))
    balances = await store.balances_of(tx, [customer])
    group = None
    if account.group:
        group = (await store.groups(tx, [account.group], lock=False)).get(account.group)
    waiting = await approvals.waiting_for(tx, "set-limit", customer)
    balance = balances.get((customer, account.currency), Balance())
    return credit(account, balance, group, waiting)


def credit(
    account: AccountRow, balance: Balance, group: Group | None, waiting: UUID | None
) -> CreditAccount:
    """An account as people are shown it."""
    left = group_available(group, Money.zero(group.currency)) if group else None
    now = exposure(account, balance, left)
    return CreditAccount(
        customer=account.customer,
        company=account.company,
        unit=account.unit,
        currency=account.currency,
        limit=now.limit,
        receivable=now.receivable,
        unallocated=now.unallocated,
        ordered=now.ordered,
        reserved=now.reserved,
        used=now.used,
        available=now.available,
        lasting_limit=account.lasting,
        temporary_until=account.until,
        blocked_by=account.blocked,
        group=account.group,
        group_available=left,
        waiting=waiting,
    )


async def order_credit(tx: Transaction, order: UUID) -> OrderCredit:
    """How an order stands with its credit."""
    known = (await store.commitments_of(tx, [order])).get(order)
    if known is None or (known.state is State.KNOWN and not known.complete):
        raise NotFound("order", str(order))
    return OrderCredit(
        order=order,
        number=known.order.number,
        customer=known.order.customer,
        state=known.shown,
        total=known.order.total,
        invoiced=known.invoiced,
        missing=known.missing,
    )


async def held_orders(tx: Transaction, asked: ListHeldOrders, who: Principal) -> HeldOrders:
    """The orders in the person's scope that wait for a decision, the longest waiting first."""
    after = paging.key(asked.after, datetime.fromisoformat, UUID)
    rows = await store.held_orders(tx, asked.company, after, asked.limit + 1)
    shown, last = paging.page(rows, asked.limit)
    places = {(row["company"], row["unit"]) for row in shown}
    upto = {at: await authorities.held(tx, at[0], "release-order", at[1]) for at in places}
    roles = {at: await authorities.roles_at(tx, who, *at) for at in places}
    return HeldOrders(
        items=[
            _held(row, roles[at], upto[at], who)
            for row, at in ((row, (row["company"], row["unit"])) for row in shown)
        ],
        next=last and paging.cursor(last["known_at"], last["order_id"]),
    )


def _held(row: Row, roles: Iterable[str], upto: Iterable[Authority], who: Principal) -> HeldOrder:
    total = Money(row["total"], row["currency"])
    return HeldOrder(
        order=row["order_id"],
        number=row["number"],
        company=row["company"],
        unit=row["unit"],
        customer=row["customer"],
        customer_number=row["customer_number"],
        customer_name=row["customer_name"],
        rep=row["rep"],
        rep_name=row["rep_name"],
        total=total,
        missing=Money(row["missing"], row["currency"]),
        held_at=row["known_at"],
        may_decide=row["rep"] != who.person and rules.may_decide(total, roles, upto),
        why=row["why"] or HeldFor.LIMIT.value,
    )


async def policy(tx: Transaction, company: str, who: Principal) -> CreditPolicy:
    """What a company says of its credit.

    Raises:
        NotFound: the company is out of the person's scope.
    """
    if company not in who.units:
        raise NotFound("company", company)
    said = await store.policy_of(tx, company)
    return CreditPolicy(
        company=company, reservation_days=said.reservation_days, alert_at=said.alert_at
    )
