"""What can be asked about discounts and breaches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from billing import paging
from billing.batch import Row
from billing.discounts import rules, store
from billing.discounts.model import Authority, State
from billing.prices.rules import margin_rate
from contracts.billing import discounts as contract
from contracts.billing.prices import SEE_COSTS
from kernel.database import Transaction
from kernel.money import Money
from kernel.operations import Page
from kernel.problems import NotFound
from kernel.scope import Principal


async def authorities(tx: Transaction, company: str) -> contract.DiscountAuthorities:
    """Who may take off how much in a company."""
    found = await store.authorities_of(tx, company)
    return contract.DiscountAuthorities(company=company, items=[_authority(one) for one in found])


def _authority(one: Authority) -> contract.DiscountAuthority:
    return contract.DiscountAuthority(
        unit=one.unit,
        role=one.role,
        scope=one.scope,
        currency=one.currency,
        rate=one.rate,
        amount=one.amount,
        below_floor=one.below_floor,
    )


async def discount(
    tx: Transaction, discount_: UUID, who: Principal, today: date
) -> contract.Discount:
    """One request with its working.

    Raises:
        NotFound
    """
    row = await store.shown(tx, discount_)
    if row is None:
        raise NotFound("discount", str(discount_))
    return _discount(row, (await store.lines_of(tx, [discount_]))[discount_], who, today)


async def discounts(
    tx: Transaction, asked: contract.ListDiscounts, who: Principal, today: date
) -> Page[contract.Discount]:
    """Requests in scope, the latest first."""
    (before,) = paging.key(asked.after, UUID) or (None,)
    which = (asked.company, asked.customer, asked.state)
    rows = await store.list_discounts(tx, which, today, before, asked.limit + 1)
    page, last = paging.page(rows, asked.limit)
    lines = await store.lines_of(tx, [row["id"] for row in page])
    return Page[contract.Discount](
        items=[_discount(row, lines[row["id"]], who, today) for row in page],
        next=last and paging.cursor(last["id"]),
    )


def _discount(row: Row, lines: Sequence[Row], who: Principal, today: date) -> contract.Discount:
    listed, off, net = (Money(row[n], row["currency"]) for n in ("listed", "discount", "net"))
    return contract.Discount(
        discount=row["id"],
        company=row["company"],
        unit=row["unit"],
        rep=row["rep"],
        rep_name=row["rep_name"],
        customer=row["customer"],
        customer_name=row["customer_name"],
        document=row["document"],
        number=row["number"],
        state=rules.state_on(State(row["state"]), row["valid_until"], today).value,
        listed=listed,
        discounted=off,
        rate=rules.rate_of(off, listed),
        net=net,
        below_floor=row["below_floor"],
        reason=row["reason"],
        requested_at=row["requested_at"],
        valid_until=row["valid_until"],
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        verdict=row["verdict"],
        lines=[_line(each, row["currency"], who) for each in lines],
    )


def _line(row: Row, currency: str, who: Principal) -> contract.DiscountLine:
    def money(name: str) -> Money:
        return Money(row[name], currency)

    floor = None if row["floor"] is None else money("floor")
    cost = None if row["cost"] is None else money("cost").times(row["quantity"])
    return contract.DiscountLine(
        number=row["number"],
        product=row["product"],
        quantity=row["quantity"],
        list_price=money("list_price"),
        unit_price=money("unit_price"),
        listed=money("listed"),
        own=money("own"),
        share=money("share"),
        net=money("net"),
        rate=rules.rate_of(money("own") + money("share"), money("listed")),
        floor=floor,
        below_floor=floor is not None and money("net") < floor.times(row["quantity"]),
        margin_rate=margin_rate(money("net"), cost) if who.roles & SEE_COSTS else None,
    )


async def breaches(
    tx: Transaction, asked: contract.ListPriceBreaches
) -> Page[contract.PriceBreach]:
    """Breaches of the price policy in scope, the latest first."""
    after = paging.key(asked.after, date.fromisoformat, UUID, int)
    which = (asked.company, asked.customer)
    rows = await store.list_breaches(tx, which, after, asked.limit + 1)
    page, last = paging.page(rows, asked.limit)
    return Page[contract.PriceBreach](
        items=[_breach(row) for row in page],
        next=last and paging.cursor(last["placed_on"], last["order_id"], last["line"]),
    )


def _breach(row: Row) -> contract.PriceBreach:
    net, least = Money(row["net"], row["currency"]), Money(row["least"], row["currency"])
    return contract.PriceBreach(
        order=row["order_id"],
        number=row["number"],
        line=row["line"],
        company=row["company"],
        unit=row["unit"],
        rep=row["rep"],
        rep_name=row["rep_name"],
        customer=row["customer"],
        customer_name=row["customer_name"],
        placed_on=row["placed_on"],
        product=row["product"],
        quantity=row["quantity"],
        net=net,
        least=least,
        short=least - net,
    )
