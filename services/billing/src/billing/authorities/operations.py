"""Authorities, as the bus asks for them."""

from __future__ import annotations

from billing.authorities import commands, queries
from billing.authorities.rules import NegativeAuthority
from contracts.billing.limits import Authorities, ListAuthorities, SetAuthority
from kernel.database import Transaction
from kernel.money import DifferentCurrencies
from kernel.problems import NotFound
from kernel.rpc import Operations
from kernel.scope import Principal

operations = Operations(status={NegativeAuthority: 422, DifferentCurrencies: 422})


@operations.command(SetAuthority)
async def set_authority(tx: Transaction, asked: SetAuthority, who: Principal) -> Authorities:
    """Say up to how much a role may decide."""
    return await commands.set_authority(tx, asked, who)


@operations.question(ListAuthorities)
async def list_authorities(tx: Transaction, asked: ListAuthorities, who: Principal) -> Authorities:
    """Who may decide how much."""
    if asked.company not in who.units:
        raise NotFound("company", asked.company)
    return await queries.listed(tx, asked.company)
