"""What an order may take of the credit, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from billing.authorities.model import Authority
from billing.authorities.rules import highest
from billing.exposure.model import (
    Commitment,
    CreditReserved,
    Exposure,
    Order,
    OrderHeld,
    State,
)
from kernel.money import Money
from kernel.problems import Refusal


@dataclass(eq=False)
class OrderAboveAuthority(Refusal):
    """The order's total is more than this person may let go beyond the limit."""

    code = "exposure.above-authority"
    title = "The order is above your authority"
    requested: Money
    authority: Money


@dataclass(eq=False)
class AlreadyDecided(Refusal):
    """Somebody released or rejected the order before."""

    code = "exposure.already-decided"
    title = "The order was decided before"
    number: str
    state: str


@dataclass(eq=False)
class OrderCancelled(Refusal):
    """The order was cancelled in the meantime."""

    code = "exposure.order-cancelled"
    title = "The order was cancelled"
    number: str


@dataclass(eq=False)
class NotHeld(Refusal):
    """The order does not wait for a decision."""

    code = "exposure.not-held"
    title = "The order is not held"
    number: str
    state: str


def reserve(exposure: Exposure, order: UUID, total: Money) -> CreditReserved | OrderHeld:
    """An order of up to the available credit reserves it; a larger one is held.

    Available is the limit less open invoices, open orders and reservations, plus
    payments not yet matched. An order of exactly the available amount fits. Without a
    limit every order fits; in another currency than the credit's, none does.

    Args:
        total: taxes included.

    Source: BI3.

    >>> at = Exposure("cus_7", mxn("50000"), mxn("46000"), mxn("0"), mxn("0"), mxn("1000"))
    >>> reserve(at, "ord_1", mxn("5000.00"))
    CreditReserved(customer='cus_7', order='ord_1', amount=Money('5000.00 MXN'))
    >>> reserve(at, "ord_2", mxn("5000.01"))
    OrderHeld(customer='cus_7', order='ord_2', missing=Money('0.01 MXN'))
    """
    if exposure.available is None:
        return CreditReserved(exposure.customer, order, total)
    if total.currency != exposure.currency:
        return OrderHeld(exposure.customer, order, missing=total)
    if total <= exposure.available:
        return CreditReserved(exposure.customer, order, total)
    return OrderHeld(exposure.customer, order, missing=total - exposure.available)


def placed(
    before: Commitment | None, order: Order, exposure: Exposure, *, history: bool
) -> tuple[Commitment, CreditReserved | OrderHeld | None]:
    """An order placed asks for credit once, unless something was known of it already.

    Cancelled, confirmed or delivered in full before we heard that it was placed, it needs no
    decision; nor does one that comes from an import, for it is history.

    Source: BI3.
    """
    known = _known_as(before, order)
    if known.state is not State.KNOWN:
        return known, None
    if history or known.complete:
        return known.turned(State.RESERVED), None
    fact = reserve(exposure, order.order, order.total - known.invoiced)
    if isinstance(fact, OrderHeld):
        return replace(known, state=State.HELD, missing=fact.missing), fact
    return known.turned(State.RESERVED), fact


def confirmed(before: Commitment | None, order: Order) -> Commitment:
    """A confirmed order stands, whatever the limit is by now; a cancelled one stays void.

    Source: BI3.
    """
    known = _known_as(before, order)
    return known if known.state is State.VOID else known.turned(State.ORDERED)


def cancelled(before: Commitment | None, order: Order) -> Commitment:
    """A cancelled order frees what was not invoiced of it, also when we hear of it first.

    Source: BI3.
    """
    return (before or fresh(order)).turned(State.VOID)


def delivered(before: Commitment | None, order: Order, gross: Money, *, last: bool) -> Commitment:
    """What is delivered becomes an invoice and no longer counts as ordered.

    Args:
        order: as far as the delivery knows it; its total is what was delivered.
        last: nothing of the order remains to be delivered.

    Source: BI3.
    """
    known = before if before and before.order.total else _known_as(before, order)
    return replace(known, invoiced=known.invoiced + gross, complete=known.complete or last)


def fresh(order: Order) -> Commitment:
    """An order of which nothing is known yet."""
    return Commitment(order, State.KNOWN, invoiced=Money.zero(order.total.currency))


def _known_as(before: Commitment | None, order: Order) -> Commitment:
    """What was known before, of the order as it is told now: a cancellation knew no amount."""
    if before is None:
        return fresh(order)
    nothing = Money.zero(order.total.currency)
    return replace(before, order=order, invoiced=before.invoiced or nothing)


def may_decide(total: Money, roles: Iterable[str], authorities: Iterable[Authority]) -> bool:
    """Whether an order of this total is within the authority of these roles; exactly it is.

    Source: BI2, BI3.
    """
    upto = highest(authorities, roles, total.currency)
    return upto is not None and (upto.amount is None or total <= upto.amount)


def released(
    held: Commitment, roles: Iterable[str], authorities: Iterable[Authority]
) -> Commitment:
    """A held order is released by somebody whose authority covers its total, and only once.

    Raises:
        AlreadyDecided, OrderCancelled, NotHeld, OrderAboveAuthority

    Source: BI2, BI3.
    """
    _decidable(held, roles, authorities)
    return held.turned(State.RESERVED)


def rejected(
    held: Commitment, roles: Iterable[str], authorities: Iterable[Authority]
) -> Commitment:
    """A held order is rejected by somebody who could have released it, and only once.

    Raises:
        AlreadyDecided, OrderCancelled, NotHeld, OrderAboveAuthority

    Source: BI2, BI3.
    """
    _decidable(held, roles, authorities)
    return held.turned(State.REJECTED)


def _decidable(held: Commitment, roles: Iterable[str], authorities: Iterable[Authority]) -> None:
    number, total = held.order.number, held.order.total
    if held.state is State.VOID:
        raise OrderCancelled(number)
    if held.state is not State.HELD:
        was_held = held.missing is not None
        raise (AlreadyDecided if was_held else NotHeld)(number, held.shown)
    authorities = list(authorities)
    if not may_decide(total, roles, authorities):
        upto = highest(authorities, roles, total.currency)
        none = Money.zero(total.currency)
        raise OrderAboveAuthority(total, (upto.amount if upto else None) or none)
