"""Saying who may decide how much."""

from __future__ import annotations

from billing.authorities import queries, store
from billing.authorities.model import Authority
from billing.authorities.rules import NegativeAuthority
from contracts.billing.limits import Authorities, SetAuthority
from kernel.database import Transaction
from kernel.money import DifferentCurrencies, minor_digits
from kernel.problems import NotFound
from kernel.scope import Principal


async def set_authority(tx: Transaction, asked: SetAuthority, who: Principal) -> Authorities:
    """Say up to how much a role may decide in a company."""
    if asked.company not in who.units:
        raise NotFound("company", asked.company)
    minor_digits(asked.currency)
    amount = asked.amount
    if amount is not None:
        if amount.currency != asked.currency:
            raise DifferentCurrencies(asked.currency, amount.currency)
        if amount.amount < 0:
            raise NegativeAuthority(amount)
    await store.set_authority(
        tx, asked.company, asked.act, Authority(asked.role, asked.currency, amount)
    )
    return await queries.listed(tx, asked.company)
