"""Saying who may decide how much."""

from __future__ import annotations

from billing.authorities import queries, store
from billing.authorities.model import Authority
from billing.authorities.rules import NegativeAuthority
from contracts.billing.limits import EVERY_UNIT, Authorities, SetAuthority
from kernel.database import Transaction
from kernel.money import DifferentCurrencies, Money, minor_digits
from kernel.problems import NotFound
from kernel.scope import Principal


async def set_authority(tx: Transaction, asked: SetAuthority, who: Principal) -> Authorities:
    """Say up to how much a role may decide in a company, or at one unit of it."""
    if asked.company not in who.units:
        raise NotFound("company", asked.company)
    if asked.unit != EVERY_UNIT and asked.unit not in who.units:
        raise NotFound("unit", asked.unit)
    minor_digits(asked.currency)
    for amount in (asked.amount, asked.second_above):
        _check(amount, asked.currency)
    given = Authority(asked.role, asked.currency, asked.amount, asked.second_above)
    await store.set_authority(tx, asked.company, asked.unit, asked.act, given)
    return await queries.listed(tx, asked.company)


def _check(amount: Money | None, currency: str) -> None:
    if amount is None:
        return
    if amount.currency != currency:
        raise DifferentCurrencies(currency, amount.currency)
    if amount.amount < 0:
        raise NegativeAuthority(amount)
