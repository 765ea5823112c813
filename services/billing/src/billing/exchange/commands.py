"""Saying what currencies are worth."""

from __future__ import annotations

from billing.exchange import rules, store
from contracts.billing.exchange import ExchangeRate, SetExchangeRate
from kernel.database import Transaction
from kernel.money import minor_digits
from kernel.problems import NotFound
from kernel.scope import Principal


async def set_rate(tx: Transaction, asked: SetExchangeRate, who: Principal) -> ExchangeRate:
    """Say what a currency is worth from a day on; what was posted by the old rate stays.

    Raises:
        NotFound: the company is out of the person's scope.
        UnknownCurrency, RateNotPositive
    """
    if asked.company not in who.units:
        raise NotFound("company", asked.company)
    minor_digits(asked.currency)
    minor_digits(asked.into)
    rate = rules.check_rate(asked.currency, asked.into, asked.rate)
    pair = (asked.currency, asked.into)
    await store.keep(tx, asked.company, pair, asked.dated_on, rate, who.person)
    return ExchangeRate(
        currency=asked.currency, into=asked.into, dated_on=asked.dated_on, rate=rate
    )
