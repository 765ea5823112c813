"""Authorities in the database."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on, insert

from billing.authorities.model import Authority
from billing.batch import Row
from billing.tables import authorities
from kernel.database import Transaction
from kernel.money import Money

ANY_COMPANY = "*"


async def authorities_of(tx: Transaction, company: str) -> Sequence[Row]:
    """The authorities that hold in a company; its own rows go before those for every company."""
    columns = authorities.c
    named = [columns.act, columns.unit, columns.role, columns.currency]
    query = (
        select(authorities)
        .where(columns.company.in_([company, ANY_COMPANY]))
        .ext(distinct_on(*named))
        .order_by(*named, columns.company == ANY_COMPANY)
    )
    return (await tx.execute(query)).mappings().all()


def authority(row: Row) -> Authority:
    """An authority from its row."""
    currency = row["currency"]

    def amount(name: str) -> Money | None:
        return None if row[name] is None else Money(row[name], currency)

    return Authority(row["role"], currency, amount("amount"), amount("second_above"))


async def set_authority(
    tx: Transaction, company: str, unit: str, act: str, given: Authority
) -> None:
    """Up to how much a role may decide in this company, or this unit of it, from now on."""
    statement = insert(authorities).values(
        company=company,
        unit=unit,
        act=act,
        role=given.role,
        currency=given.currency,
        amount=_amount(given.amount),
        second_above=_amount(given.second_above),
    )
    kept = {name: statement.excluded[name] for name in ("amount", "second_above")}
    await tx.execute(statement.on_conflict_do_update(constraint="authorities_pkey", set_=kept))


def _amount(money: Money | None) -> Decimal | None:
    return None if money is None else money.amount


# What is said nearest to the unit holds there; what a company says goes before what all have.
AT = """
WITH RECURSIVE above (unit, parent, steps) AS (
    SELECT unit, parent, 1 FROM units WHERE unit = $2
    UNION ALL SELECT u.unit, u.parent, steps + 1 FROM units u JOIN above ON u.unit = above.parent
    WHERE steps < 20
)
SELECT DISTINCT ON (role, currency) a.*
FROM authorities a LEFT JOIN above USING (unit)
WHERE a.company IN ($1, '*') AND a.act = $3 AND (a.unit IN ('*', $1, $2) OR steps IS NOT NULL)
ORDER BY role, currency, a.company = '*', a.unit = '*', a.unit <> $2, steps NULLS LAST
"""


async def authorities_at(tx: Transaction, company: str, unit: str, act: str) -> Sequence[Row]:
    """The authorities for one act that hold at a unit."""
    return await tx.driver.fetch(AT, company, unit, act)


ABOVE = """
WITH RECURSIVE above (unit, parent) AS (
    SELECT unit, parent FROM units WHERE unit = $1
    UNION SELECT u.unit, u.parent FROM units u JOIN above ON u.unit = above.parent
)
SELECT unit FROM above
"""


async def units_above(tx: Transaction, unit: str) -> set[str]:
    """A unit and all that it belongs to, as far as we have heard of them."""
    return {row["unit"] for row in await tx.driver.fetch(ABOVE, unit)}
