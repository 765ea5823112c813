"""What an order may take of the credit, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from billing.authorities.model import Authority
from billing.authorities.rules import highest
from billing.exposure.model import (
    Commitment,
    CreditReserved,
    Exposure,
    HeldFor,
    Order,
    OrderClass,
    OrderHeld,
    State,
)
from kernel.money import Money
from kernel.problems import Refusal

NOT_ALERTED = Decimal(0)


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
    payments not yet matched; in a group it is the less of that and what the group's limit
    leaves. An order of exactly the available amount fits. Without a limit every order fits; in
    another currency than the credit's, none does. While the credit is blocked every order is
    held, also one for which enough is available.

    Args:
        total: taxes included.

    Source: BI3.

    >>> at = Exposure("cus_7", mxn("50000"), mxn("46000"), mxn("0"), mxn("0"), mxn("1000"))
    >>> reserve(at, "ord_1", mxn("5000.00"))
    CreditReserved(customer='cus_7', order='ord_1', amount=Money('5000.00 MXN'))
    >>> reserve(at, "ord_2", mxn("5000.01")).missing
    Money('0.01 MXN')
    """
    missing = _missing(exposure, total)
    if exposure.blocked:
        return OrderHeld(exposure.customer, order, missing, HeldFor.BLOCKED)
    if missing.amount > 0:
        return OrderHeld(exposure.customer, order, missing, _falls_short_of(exposure, total))
    return CreditReserved(exposure.customer, order, total)


def _missing(exposure: Exposure, total: Money) -> Money:
    """By how much the credit falls short of a total; nothing when it fits."""
    nothing = Money.zero(total.currency)
    if exposure.available is None:
        return nothing
    if total.currency != exposure.currency:
        return total
    return max(total - exposure.available, nothing)


def _falls_short_of(exposure: Exposure, total: Money) -> HeldFor:
    if total.currency != exposure.currency:
        return HeldFor.CURRENCY
    own = exposure.own_available
    return HeldFor.GROUP if own is None or total <= own else HeldFor.LIMIT


def placed(
    before: Commitment | None,
    order: Order,
    exposure: Exposure,
    *,
    history: bool,
    expires_at: datetime | None = None,
) -> tuple[Commitment, CreditReserved | OrderHeld | None]:
    """An order placed asks for credit once, unless something was known of it already.

    Cancelled, confirmed or delivered in full before we heard that it was placed, it needs no
    decision; nor does one that comes from an import, for it is history.

    Args:
        expires_at: when the reservation ends, if nobody confirms the order.

    Source: BI3.
    """
    known = _known_as(before, order)
    if known.state is not State.KNOWN:
        return known, None
    if history or known.complete:
        return known.turned(State.RESERVED), None
    fact = asked(known, exposure)
    if isinstance(fact, OrderHeld):
        return replace(known, state=State.HELD, missing=fact.missing, why=fact.why), fact
    return replace(known, state=State.RESERVED, expires_at=expires_at), fact


def asked(known: Commitment, exposure: Exposure) -> CreditReserved | OrderHeld:
    """When an order takes credit, its class says.

    | class      | asks for, when it is placed | counts as an order | held by a block |
    | on-account | what is not yet invoiced    | from then on       | yes             |
    | call-off   | nothing                     | never: its invoices do | yes         |
    | cash, prepaid | nothing                  | never: its invoices do | no          |

    Source: BI3.
    """
    order = known.order
    nothing = Money.zero(order.total.currency)
    match order.order_class:
        case OrderClass.ON_ACCOUNT:
            return reserve(exposure, order.order, order.total - known.invoiced)
        case OrderClass.CALL_OFF if exposure.blocked:
            return OrderHeld(exposure.customer, order.order, nothing, HeldFor.BLOCKED)
        case _:
            return CreditReserved(exposure.customer, order.order, nothing)


def expired(reserved: Commitment, now: datetime) -> Commitment | None:
    """A reservation that nobody confirmed ends at its time; None while it stands.

    A confirmed order never expires, and one confirmed after it expired stands all the same.

    Source: BI3.
    """
    due = reserved.expires_at is not None and reserved.expires_at <= now
    if reserved.state is not State.RESERVED or reserved.invoiced or not due:
        return None
    return reserved.turned(State.EXPIRED)


def alert(exposure: Exposure, thresholds: Iterable[Decimal]) -> Decimal:
    """The highest threshold that the used credit has reached; exactly reaching it counts.

    Without a limit nothing is reached, and nothing that is not used alarms anybody. Of no
    limit at all (zero) every amount reaches all.

    Source: BI3.

    >>> at = Exposure("cus_7", mxn("100"), mxn("80"), mxn("0"), mxn("0"), mxn("0"))
    >>> alert(at, [Decimal("0.8"), Decimal("1")])
    Decimal('0.8')
    """
    limit, used = exposure.limit, exposure.used
    if limit is None or used.amount <= 0:
        return NOT_ALERTED
    reached = [each for each in thresholds if used.amount >= limit.amount * each]
    return max(reached, default=NOT_ALERTED)


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


def decidable(held: Commitment, roles: Iterable[str], authorities: Iterable[Authority]) -> None:
    """A held order is decided by somebody whose authority covers its total, and only once.

    Who could not release an order cannot reject it either.

    Raises:
        AlreadyDecided, OrderCancelled, NotHeld, OrderAboveAuthority

    Source: BI2, BI3.
    """
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


def decided(held: Commitment, *, approved: bool, expires_at: datetime) -> Commitment:
    """A released order reserves its total, beyond the limit; a rejected one nothing.

    Source: BI3.
    """
    if not approved:
        return held.turned(State.REJECTED)
    return replace(held, state=State.RESERVED, expires_at=expires_at)
