"""What happens to orders and their credit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from uuid import UUID

from billing.authorities import queries as authorities
from billing.authorities.model import Authority
from billing.causes import Causes, because
from billing.exposure import events, rules, store
from billing.exposure.book import Book, Opening
from billing.exposure.model import Commitment, Order, State
from contracts.billing.exposure import OrderDecision
from kernel import clock
from kernel.database import Transaction
from kernel.problems import NotFound
from kernel.scope import Principal

Decide = Callable[[Commitment, Iterable[str], Iterable[Authority]], Commitment]


async def place_orders(
    tx: Transaction, orders: Sequence[Order], heard: Causes, *, history: bool
) -> None:
    """Reserve credit for each order, or hold it, and say so."""
    book = await Book.open(tx, _openings(orders, history=history))
    known = await store.commitments_of(tx, [order.order for order in orders])
    for order in orders:
        before = known.get(order.order)
        exposure = book.exposure(order.customer)
        after, fact = rules.placed(before, order, exposure, history=history)
        book.keep(before, after)
        known[order.order] = after
        if fact:
            with because(heard, order.order):
                tx.announce(events.published(order, fact), person=order.rep)
    await book.save()


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
    for order in orders:
        before = known.get(order.order)
        known[order.order] = rule(before, order)
        book.keep(before, known[order.order])
    await book.save()


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


async def release_order(tx: Transaction, order: UUID, reason: str, who: Principal) -> OrderDecision:
    """Let a held order go ahead beyond the limit."""
    after = await _decide(tx, order, reason, who, rules.released)
    tx.announce(events.released(after.order, who.person), person=after.order.rep)
    return _decision(after, who)


async def reject_order(tx: Transaction, order: UUID, reason: str, who: Principal) -> OrderDecision:
    """Refuse the credit to a held order."""
    after = await _decide(tx, order, reason, who, rules.rejected)
    tx.announce(events.rejected(after.order, who.person, reason), person=after.order.rep)
    return _decision(after, who)


async def _decide(
    tx: Transaction, order: UUID, reason: str, who: Principal, decide: Decide
) -> Commitment:
    seen = (await store.commitments_of(tx, [order])).get(order)
    if seen is None or seen.state is State.KNOWN:
        raise NotFound("order", str(order))
    await store.settle_for(tx, seen.order.customer)
    book = await Book.of_customers(tx, [seen.order.customer])
    held = (await store.commitments_of(tx, [order]))[order]  # as it is now that nobody else can
    at = (seen.order.company, seen.order.unit)
    upto = await authorities.held(tx, at[0], "release-order", at[1])
    roles = await authorities.roles_at(tx, who, *at)
    after = decide(held, roles, upto)
    book.keep(held, after)
    await book.save()
    await store.note_decision(tx, order, who.person, reason)
    return after


def _decision(after: Commitment, who: Principal) -> OrderDecision:
    return OrderDecision(
        order=after.order.order,
        number=after.order.number,
        state=after.shown,
        total=after.order.total,
        decided_by=who.person,
        decided_at=clock.now(),
    )
