"""Exchange rates, as the bus asks for them."""

from __future__ import annotations

from billing.exchange import commands, queries
from billing.exchange.rules import RateNotPositive
from contracts.billing.exchange import (
    ExchangeRate,
    ExchangeRates,
    ListExchangeRates,
    SetExchangeRate,
)
from kernel.database import Transaction
from kernel.problems import NotFound
from kernel.rpc import Operations
from kernel.scope import Principal

operations = Operations(status={RateNotPositive: 422})


@operations.command(SetExchangeRate)
async def set_exchange_rate(
    tx: Transaction, asked: SetExchangeRate, who: Principal
) -> ExchangeRate:
    """Say what a currency is worth."""
    return await commands.set_rate(tx, asked, who)


@operations.question(ListExchangeRates)
async def list_exchange_rates(
    tx: Transaction, asked: ListExchangeRates, who: Principal
) -> ExchangeRates:
    """The rates of a company."""
    if asked.company not in who.units:
        raise NotFound("company", asked.company)
    return await queries.listed(tx, asked)
