"""Authorities in the database."""

from __future__ import annotations

from collections.abc import Sequence

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
    named = [columns.act, columns.role, columns.currency]
    query = (
        select(authorities)
        .where(columns.company.in_([company, ANY_COMPANY]))
        .ext(distinct_on(*named))
        .order_by(*named, columns.company == ANY_COMPANY)
    )
    return (await tx.execute(query)).mappings().all()


def authority(row: Row) -> Authority:
    """An authority from its row."""
    amount, currency = row["amount"], row["currency"]
    return Authority(row["role"], currency, None if amount is None else Money(amount, currency))


async def set_authority(tx: Transaction, company: str, act: str, given: Authority) -> None:
    """Up to how much a role may decide in this company from now on."""
    amount = None if given.amount is None else given.amount.amount
    statement = insert(authorities).values(
        company=company, act=act, role=given.role, currency=given.currency, amount=amount
    )
    await tx.execute(
        statement.on_conflict_do_update(
            constraint="authorities_pkey", set_={"amount": statement.excluded.amount}
        )
    )


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
