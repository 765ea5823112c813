"""What happens to orders and their credit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from billing.approvals import commands as approvals
from billing.approvals import on_decided
from billing.approvals import queries as inbox
from billing.approvals.model import Approval
from billing.authorities import queries as authorities
from billing.causes import Causes, because
from billing.exposure import events, queries, rules, store
from billing.exposure.book import Book, Opening
from billing.exposure.model import Commitment, HeldFor, Order, OrderHeld, Policy, State
from contracts.billing.exposure import CreditPolicy, OrderDecision, SetCreditPolicy
from kernel import clock
from kernel.database import Transaction
from kernel.money import Money, plain
from kernel.problems import NotFound
from kernel.scope import Principal

RELEASE = "release-order"
AT_ONCE = 500


async def place_orders(
    tx: Transaction, orders: Sequence[Order], heard: Causes, *, history: bool
) -> None:
    """Reserve credit for each order, or hold it, and say so."""
    book = await Book.open(tx, _openings(orders, history=history))
    if not history:
        await book.lock_groups()
    known = await store.commitments_of(tx, [order.order for order in orders])
    held = []
    for order in orders:
        before = known.get(order.order)
        after, fact = rules.placed(
            before,
            order,
            book.exposure(order.customer),
            history=history,
            expires_at=_expires_at(book, order),
        )
        book.keep(before, after)
        known[order.order] = after
        if fact:
            with because(heard, order.order):
                tx.announce(events.published(order, fact), person=order.rep)
        if isinstance(fact, OrderHeld):
            held.append(_release_of(order, fact.missing, fact.why))
    await book.save()
    await approvals.request_all(tx, held, heard)


def _release_of(order: Order, missing: Money, why: HeldFor | None) -> Approval:
    return approvals.asked(
        act=RELEASE,
        company=order.company,
        unit=order.unit,
        customer=order.customer,
        subject=order.order,
        amount=order.total,
        currency=order.total.currency,
        requested_by=order.rep,
        reason="",
        details={
            "number": order.number,
            "missing": plain(missing.amount),
            "why": (why or HeldFor.LIMIT).value,
        },
    )


def _expires_at(book: Book, order: Order) -> datetime:
    days = book.account(order.customer).policy.reservation_days
    return clock.now() + timedelta(days=days)


async def confirm_orders(tx: Transaction, orders: Sequence[Order], *, history: bool) -> None:
    """Confirmed orders stand, whatever the credit is by now."""
    book = await Book.open(tx, _openings(orders, history=history))
    await _turn(tx, book, orders, rules.confirmed)


async def cancel_orders(tx: Transaction, orders: Sequence[Order]) -> None:
    """Cancelled orders free their credit."""
    book = await Book.of_customers(tx, (order.customer for order in orders))
    await _turn(tx, book, orders, rules.cancelled)


async def _turn(
    tx: Transaction,
    book: Book,
    orders: Sequence[Order],
    rule: Callable[[Commitment | None, Order], Commitment],
) -> None:
    known = await store.commitments_of(tx, [order.order for order in orders])
    settled = []
    for order in orders:
        before = known.get(order.order)
        known[order.order] = rule(before, order)
        book.keep(before, known[order.order])
        if before and before.state is State.HELD:
            settled.append(order.order)
    await book.save()
    await approvals.withdraw(tx, RELEASE, settled)


async def deliver_orders(
    tx: Transaction, book: Book, deliveries: Sequence[tuple[Order, bool]]
) -> None:
    """What was delivered becomes an invoice, in the same book, and is no longer committed.

    Args:
        deliveries: each with what of the order was delivered, and whether that is the last of it.
    """
    known = await store.commitments_of(tx, [order.order for order, _ in deliveries])
    for order, last in deliveries:
        before = known.get(order.order)
        known[order.order] = rules.delivered(before, order, order.total, last=last)
        book.keep(before, known[order.order])


def _openings(orders: Sequence[Order], *, history: bool) -> list[Opening]:
    return [
        Opening(order.customer, order.company, order.total.currency, history) for order in orders
    ]


async def set_policy(tx: Transaction, asked: SetCreditPolicy, who: Principal) -> CreditPolicy:
    """Say how long reservations stand in a company, and when to warn, from now on.

    Reservations that stand keep the end they have.

    Raises:
        NotFound: the company is out of the person's scope.
    """
    if asked.company not in who.units:
        raise NotFound("company", asked.company)
    policy = Policy(asked.reservation_days, tuple(sorted(set(asked.alert_at))))
    await store.set_policy(tx, asked.company, policy)
    return await queries.policy(tx, asked.company, who)


async def expire_reservations(tx: Transaction, now: datetime) -> bool:
    """Free the credit of orders that nobody confirmed in time, and say so.

    Returns:
        Whether there may be more to do.
    """
    due = await store.expiring(tx, now, AT_ONCE)
    if not due:
        return False
    book = await Book.of_customers(tx, due.values())
    for reserved in (await store.commitments_of(tx, list(due))).values():
        after = rules.expired(reserved, now)
        if after:
            book.keep(reserved, after)
            tx.announce(events.expired(reserved), person=reserved.order.rep)
    await book.save()
    return len(due) == AT_ONCE


async def decide_order(
    tx: Transaction, order: UUID, reason: str, who: Principal, *, release: bool
) -> OrderDecision:
    """Let a held order go ahead beyond the limit, or refuse it the credit.

    Where it takes a second person, the order is still held afterwards.
    """
    seen = (await store.commitments_of(tx, [order])).get(order)
    if seen is None or seen.state is State.KNOWN:
        raise NotFound("order", str(order))
    await store.settle_for(tx, seen.order.customer)
    await Book.of_customers(tx, [seen.order.customer])
    held = (await store.commitments_of(tx, [order]))[order]  # as it is now that nobody else can
    at = (seen.order.company, seen.order.unit)
    upto = await authorities.held(tx, at[0], RELEASE, at[1])
    rules.decidable(held, await authorities.roles_at(tx, who, *at), upto)
    approval = await _waiting_for(tx, held)
    await approvals.decide(tx, approval, who, approve=release, reason=reason)
    return _decision((await store.commitments_of(tx, [order]))[order], who)


async def _waiting_for(tx: Transaction, held: Commitment) -> UUID:
    """The request for the release of an order; one that was held before we kept them gets one."""
    waiting = await inbox.waiting_for(tx, RELEASE, held.order.order)
    if waiting:
        return waiting
    missing = held.missing or Money.zero(held.order.total.currency)
    made = _release_of(held.order, missing, held.why)
    await approvals.request_all(tx, [made])
    return made.id


@on_decided(RELEASE)
async def order_decided(tx: Transaction, approval: Approval) -> None:
    """What was decided about a held order holds: it reserves its total, or gets no credit."""
    assert approval.customer
    assert approval.decided_by
    book = await Book.of_customers(tx, [approval.customer])
    held = (await store.commitments_of(tx, [approval.subject]))[approval.subject]
    assert held.state is State.HELD, "what is no longer held was taken out of the inbox"
    after = rules.decided(
        held, approved=approval.approved, expires_at=_expires_at(book, held.order)
    )
    book.keep(held, after)
    await book.save()
    by, reason = approval.decided_by, approval.verdict
    await store.note_decision(tx, approval.subject, by, reason)
    order = after.order
    told = events.released(order, by) if approval.approved else events.rejected(order, by, reason)
    tx.announce(told, person=order.rep)


def _decision(after: Commitment, who: Principal) -> OrderDecision:
    return OrderDecision(
        order=after.order.order,
        number=after.order.number,
        state=after.shown,
        total=after.order.total,
        decided_by=who.person,
        decided_at=clock.now(),
    )
