"""What can be asked about exchange rates."""

from __future__ import annotations

from datetime import date

from billing import paging
from billing.exchange import store
from billing.exchange.rules import Rates
from contracts.billing import exchange as contract
from kernel.database import Transaction


async def rates(tx: Transaction, company: str, currency: str, into: str) -> Rates:
    """What one unit of a currency is worth in another, on any day."""
    rows = await store.between(tx, company, currency, into)
    told = {row["dated_on"]: row["rate"] for row in reversed(rows)}  # as asked before inverted
    days = sorted(told)
    return Rates(currency, into, days, [told[day] for day in days])


async def listed(tx: Transaction, asked: contract.ListExchangeRates) -> contract.ExchangeRates:
    """The rates of a company, the latest first."""
    before = paging.key(asked.after, date.fromisoformat, str, str)
    rows = await store.listed(tx, asked.company, before, asked.limit + 1)
    shown, last = paging.page(rows, asked.limit)
    return contract.ExchangeRates(
        items=[
            contract.ExchangeRate(
                currency=row["currency"],
                into=row["into"],
                dated_on=row["dated_on"],
                rate=row["rate"],
            )
            for row in shown
        ],
        next=last and paging.cursor(last["dated_on"], last["currency"], last["into"]),
    )
