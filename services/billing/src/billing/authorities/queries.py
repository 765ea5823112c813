"""What can be asked about authorities."""

from __future__ import annotations

from billing.authorities import store
from billing.authorities.model import Authority
from contracts.billing import limits as contract
from kernel.database import Transaction
from kernel.scope import Principal

EVERYWHERE = "*"
"""A role granted at every company."""


async def held(tx: Transaction, company: str, act: contract.Act) -> list[Authority]:
    """Who may decide how much about this in a company."""
    rows = await store.authorities_of(tx, company)
    return [store.authority(row) for row in rows if row["act"] == act]


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
    return contract.Authorities(
        company=company, items=[_listed(row["act"], store.authority(row)) for row in rows]
    )


def _listed(act: contract.Act, given: Authority) -> contract.Authority:
    return contract.Authority(
        act=act, role=given.role, currency=given.currency, amount=given.amount
    )
