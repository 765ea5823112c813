"""Prices, as the bus asks for them."""

from __future__ import annotations

from billing.prices import commands, queries, rules
from contracts.billing import prices as contract
from kernel import clock
from kernel.database import Transaction
from kernel.operations import Page
from kernel.rpc import Operations
from kernel.scope import Principal

operations = Operations(
    status={
        rules.NoPrice: 404,
        rules.PriceNotPositive: 422,
        rules.FloorAbovePrice: 422,
        rules.MarginWithoutCost: 422,
        rules.EndsBeforeItBegins: 422,
        rules.ClassInThePast: 422,
    }
)


@operations.command(contract.PutPrices)
async def put_prices(
    tx: Transaction, asked: contract.PutPrices, who: Principal
) -> contract.PricesPut:
    """Add prices to the list."""
    return await commands.put(tx, asked, who, today=clock.today())


@operations.question(contract.ListPrices)
async def list_prices(
    tx: Transaction, asked: contract.ListPrices, who: Principal
) -> Page[contract.ListedPrice]:
    """The price list."""
    return await queries.prices(tx, asked, who)


@operations.question(contract.GetPrice)
async def get_price(
    tx: Transaction, asked: contract.GetPrice, who: Principal
) -> contract.ListedPrice:
    """What a product costs."""
    return await queries.in_force(tx, asked, who, clock.today())


@operations.question(contract.GetCustomerClass)
async def get_customer_class(
    tx: Transaction, asked: contract.GetCustomerClass, who: Principal
) -> contract.CustomerClasses:
    """Which prices a customer has."""
    return await queries.classes(tx, asked.customer, clock.today())


@operations.command(contract.ClassifyCustomer)
async def classify_customer(
    tx: Transaction, asked: contract.ClassifyCustomer, who: Principal
) -> contract.CustomerClasses:
    """Put a customer into a class of prices."""
    return await commands.classify(tx, asked, who, today=clock.today())
