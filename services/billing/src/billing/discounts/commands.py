"""Asking for discounts, deciding about them, and finding orders that took one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from billing import approvals
from billing.approvals import commands as inbox
from billing.approvals.model import Approval
from billing.authorities import queries as authorities
from billing.causes import Causes, because
from billing.customers import queries as customers
from billing.discounts import events, queries, rules, store
from billing.discounts.model import Authority, Breach, Granted, Offered, Sold, State, Working
from billing.organisation import queries as organisation
from billing.prices import queries as prices
from billing.prices.rules import NoPrice, floor_of
from contracts.billing import discounts as contract
from contracts.billing.limits import EVERY_UNIT
from contracts.customers.order_placed import OrderPlacedV1
from contracts.lines import Line
from kernel import clock
from kernel.database import Transaction
from kernel.ids import uuid7
from kernel.money import Money, minor_digits, plain
from kernel.problems import NotFound
from kernel.scope import Principal

ACT = "discount"
ASKS_ONLY = frozenset({"rep"})
"""Who may grant a discount of their own, and none of somebody else's."""


async def set_authority(
    tx: Transaction, asked: contract.SetDiscountAuthority, who: Principal
) -> contract.DiscountAuthorities:
    """Say how much a role may take off."""
    if asked.company not in who.units:
        raise NotFound("company", asked.company)
    if asked.unit != EVERY_UNIT and asked.unit not in who.units:
        raise NotFound("unit", asked.unit)
    minor_digits(asked.currency)
    amount = asked.amount
    if amount is not None and (amount - Money.zero(asked.currency)).amount < 0:
        raise rules.NegativeAuthority(amount)
    given = Authority(
        asked.role,
        asked.scope,
        asked.currency,
        asked.rate,
        amount,
        asked.below_floor,
        asked.unit,
    )
    await store.set_authority(tx, asked.company, given)
    return await queries.authorities(tx, asked.company)


async def request(
    tx: Transaction, asked: contract.RequestDiscount, who: Principal, *, today: date
) -> contract.Discount:
    """Ask for prices below the list; granted at once where the own authority suffices.

    Raises:
        NotFound, NotYourUnit, NoPrice, NobodyMay, and what `rules.work_out` refuses
    """
    card = (await customers.visible(tx, [asked.customer])).get(asked.customer)
    if card is None:
        raise NotFound("customer", str(asked.customer))
    unit = asked.unit or card.unit
    company = await prices.company_of(tx, unit, who)
    offered = await _offered(tx, asked, (company, unit), today)
    working = rules.work_out(offered, _off_document(asked, offered))
    matrix = await store.authorities_at(tx, company, await organisation.upwards(tx, unit))
    roles = await authorities.roles_at(tx, who, company, unit)
    own = bool(roles & rules.roles_that_may(working, matrix))
    others = None if own else rules.who_decides(working, matrix, but=ASKS_ONLY)
    id_, now = uuid7(), clock.now()
    decision = ("approved", who.person, now) if own else ("requested", None, None)
    head = (
        id_, company, unit, who.person, asked.customer, asked.document, asked.number,
        working.currency, asked.reason, decision[0],
        rules.valid_until(today, asked.valid_days), *decision[1:],
    )  # fmt: skip
    await store.add(tx, head, working)
    if others is None:
        await _tell(tx, id_)
    else:
        await inbox.request(
            tx,
            act=ACT,
            company=company,
            unit=unit,
            amount=working.discount,
            subject=id_,
            requested_by=who.person,
            reason=asked.reason,
            details=_details(asked, working),
            only_roles=others,
        )
    return await queries.discount(tx, id_, who, today)


async def _offered(
    tx: Transaction, asked: contract.RequestDiscount, at: tuple[str, str], today: date
) -> list[Offered]:
    """The lines with their prices by the list; nobody says what the list says."""
    products = {line.product for line in asked.lines}
    known = await prices.price_list(tx, [at], [asked.customer], products, today)
    return [_line(known, at, asked.customer, line) for line in asked.lines]


def _line(
    known: prices.PriceList, at: tuple[str, str], customer: UUID, line: contract.OfferLine
) -> Offered:
    price = known.find(at, customer, (line.product, line.unit_price.currency))
    if price is None:
        raise NoPrice(line.product, at[1], known.on)
    return Offered(
        line.number,
        line.product,
        line.quantity,
        price.amount,
        line.unit_price,
        floor_of(price),
        price.cost,
    )


def _off_document(asked: contract.RequestDiscount, lines: Sequence[Offered]) -> Money | Decimal:
    if asked.off_amount is not None:
        return asked.off_amount
    if asked.off_rate is not None:
        return asked.off_rate
    return Money.zero(lines[0].list_price.currency)


def _details(asked: contract.RequestDiscount, working: Working) -> dict[str, Any]:
    """What whoever decides wants to see."""
    return {
        "number": asked.number,
        "customer": str(asked.customer),
        "listed": plain(working.listed.amount),
        "net": plain(working.net.amount),
        "rate": f"{rules.rate_of(working.discount, working.listed):f}",
        "below_floor": working.below_floor,
        "lines": [
            {
                "product": line.offered.product,
                "quantity": f"{line.offered.quantity:f}",
                "listed": plain(line.listed.amount),
                "net": plain(line.net.amount),
                "rate": f"{rules.rate_of(line.discount, line.listed):f}",
                "below_floor": line.below_floor,
            }
            for line in working.lines
        ],
    }


@approvals.on_decided(ACT)
async def decided(tx: Transaction, approval: Approval) -> None:
    """What was decided in the inbox holds up to the last day of the request."""
    row = await store.lock(tx, approval.subject)
    if row is None:
        raise NotFound("discount", str(approval.subject))
    rules.check_decidable(row["valid_until"], clock.today(), approve=approval.approved)
    state = State.APPROVED if approval.approved else State.REJECTED
    await store.decide(tx, approval.subject, state, approval.decided_by, approval.verdict)
    await _tell(tx, approval.subject)


async def _tell(tx: Transaction, discount: UUID) -> None:
    row = await store.shown(tx, discount)
    assert row is not None, "it was written in this transaction"
    lines = (await store.lines_of(tx, [discount]))[discount]
    tx.announce(events.decided(row, lines), person=row["rep"])


async def let_expire(tx: Transaction, today: date) -> bool:
    """Nobody is asked any more to decide what is past its last day.

    Returns:
        Whether there was something to do; then there may be more.
    """
    past = await store.expired_waiting(tx, ACT, today)
    await inbox.withdraw(tx, ACT, past)
    return bool(past)


async def look_at_prices(tx: Transaction, orders: Sequence[OrderPlacedV1], heard: Causes) -> None:
    """Find the orders with lines below the floor of their day that nobody granted."""
    found = []
    for day in sorted({order.placed_on for order in orders}):
        found += await _breaches(tx, [each for each in orders if each.placed_on == day], day)
    new = await store.add_breaches(tx, found)
    for order, breaches in found:
        if order.order in new:
            with because(heard, order.order):
                tx.announce(events.breach_found(order, breaches), person=order.rep)


async def _breaches(
    tx: Transaction, orders: Sequence[OrderPlacedV1], day: date
) -> list[tuple[OrderPlacedV1, list[Breach]]]:
    places = {(order.company, order.unit) for order in orders}
    buyers = {order.customer for order in orders}
    products = {line.product for order in orders for line in order.lines}
    known = await prices.price_list(tx, places, buyers, products, day)
    if not known.prices:
        return []
    granted = await store.granted(tx, buyers, day)
    looked = [(order, _below(order, known, granted.get(order.customer, []))) for order in orders]
    return [(order, breaches) for order, breaches in looked if breaches]


def _below(
    order: OrderPlacedV1, known: prices.PriceList, granted: Sequence[Granted]
) -> list[Breach]:
    found = [rules.breach(_sold(order, line, known), granted, known.on) for line in order.lines]
    return [each for each in found if each]


def _sold(order: OrderPlacedV1, line: Line, known: prices.PriceList) -> Sold:
    currency = order.net.currency
    at = (order.company, order.unit)
    price = known.find(at, order.customer, (line.product, currency))
    net = Money(line.net, currency)
    floor = None if price is None else floor_of(price)
    return Sold(line.number, line.product, line.quantity, net, floor)
