"""What can be asked about authorities."""

from __future__ import annotations

from billing.authorities import rules, store
from billing.authorities.model import Authority, Reach
from billing.batch import Row
from contracts.billing import limits as contract
from kernel.database import Transaction
from kernel.money import Money
from kernel.scope import Principal

EVERYWHERE = "*"
"""A role granted at every company."""


async def held(tx: Transaction, company: str, act: contract.Act, unit: str) -> list[Authority]:
    """Who may decide how much about this at a unit of a company."""
    return [store.authority(row) for row in await store.authorities_at(tx, company, unit, act)]


async def reach(
    tx: Transaction,
    who: Principal,
    act: contract.Act,
    at: tuple[str, str],
    amount: Money | None,
    currency: str,
) -> Reach:
    """Whether an amount is within a person's authority.

    Args:
        at: company and unit.
        amount: None is without an upper bound.
    """
    roles = await roles_at(tx, who, *at)
    return rules.reach(amount, currency, roles, await held(tx, at[0], act, at[1]))


async def roles_at(tx: Transaction, who: Principal, company: str, unit: str) -> frozenset[str]:
    """The roles that a person has at a unit: granted there or at a unit above it.

    Somebody may be a rep of one branch and the manager of another.
    """
    if not who.grants:
        return who.roles
    covered = await store.units_above(tx, unit) | {unit, company, EVERYWHERE}
    return frozenset(role for role, at in who.grants if at in covered)


async def listed(tx: Transaction, company: str) -> contract.Authorities:
    """Who may decide how much in a company."""
    rows = await store.authorities_of(tx, company)
    return contract.Authorities(company=company, items=[_listed(row) for row in rows])


def _listed(row: Row) -> contract.Authority:
    given = store.authority(row)
    return contract.Authority(
        act=row["act"],
        unit=row["unit"],
        role=given.role,
        currency=given.currency,
        amount=given.amount,
        second_above=given.second_above,
    )
