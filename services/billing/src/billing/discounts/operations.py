"""Discounts and breaches, as the bus asks for them."""

from __future__ import annotations

from billing.discounts import commands, queries, rules
from contracts.billing import discounts as contract
from kernel import clock
from kernel.database import Transaction
from kernel.operations import Page
from kernel.problems import NotFound
from kernel.rpc import Operations
from kernel.scope import Principal

operations = Operations(
    status={
        rules.NothingOff: 422,
        rules.MoreThanAll: 422,
        rules.LineTwice: 422,
        rules.NegativeAuthority: 422,
        rules.NobodyMay: 403,
    }
)


@operations.command(contract.RequestDiscount)
async def request_discount(
    tx: Transaction, asked: contract.RequestDiscount, who: Principal
) -> contract.Discount:
    """Ask for prices below the list."""
    return await commands.request(tx, asked, who, today=clock.today())


@operations.question(contract.GetDiscount)
async def get_discount(
    tx: Transaction, asked: contract.GetDiscount, who: Principal
) -> contract.Discount:
    """One discount with its working."""
    return await queries.discount(tx, asked.discount, who, clock.today())


@operations.question(contract.ListDiscounts)
async def list_discounts(
    tx: Transaction, asked: contract.ListDiscounts, who: Principal
) -> Page[contract.Discount]:
    """Discounts in scope."""
    return await queries.discounts(tx, asked, who, clock.today())


@operations.question(contract.ListDiscountAuthorities)
async def list_authorities(
    tx: Transaction, asked: contract.ListDiscountAuthorities, who: Principal
) -> contract.DiscountAuthorities:
    """Who may take off how much."""
    if asked.company not in who.units:
        raise NotFound("company", asked.company)
    return await queries.authorities(tx, asked.company)


@operations.command(contract.SetDiscountAuthority)
async def set_authority(
    tx: Transaction, asked: contract.SetDiscountAuthority, who: Principal
) -> contract.DiscountAuthorities:
    """Say how much a role may take off."""
    return await commands.set_authority(tx, asked, who)


@operations.question(contract.ListPriceBreaches)
async def list_breaches(
    tx: Transaction, asked: contract.ListPriceBreaches, who: Principal
) -> Page[contract.PriceBreach]:
    """Breaches of the price policy in scope."""
    return await queries.breaches(tx, asked)
