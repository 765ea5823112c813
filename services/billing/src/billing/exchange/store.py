"""Exchange rates in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Column, Date, DateTime, Numeric, Table, Text, Uuid

from billing.batch import Row
from billing.tables import metadata
from kernel.database import Transaction

exchange_rates = Table(
    "exchange_rates",
    metadata,
    Column("company", Text, primary_key=True),
    Column("currency", Text, primary_key=True),
    Column("into", Text, primary_key=True),
    Column("dated_on", Date, primary_key=True),
    Column("rate", Numeric),
    Column("set_by", Uuid),
    Column("set_at", DateTime(timezone=True)),
)

BETWEEN = """
SELECT dated_on, CASE WHEN currency = $2 THEN rate ELSE 1 / rate END AS rate FROM exchange_rates
WHERE company = $1 AND (currency, "into") IN (($2, $3), ($3, $2)) ORDER BY dated_on, currency <> $2
"""


async def between(tx: Transaction, company: str, currency: str, into: str) -> Sequence[Row]:
    """What one unit of a currency is worth in another, by day, whichever way it was told."""
    return await tx.driver.fetch(BETWEEN, company, currency, into)


async def keep(
    tx: Transaction, company: str, pair: tuple[str, str], on: date, rate: Decimal, by: UUID
) -> None:
    """The rate from this day on, until the next."""
    await tx.driver.execute(
        'INSERT INTO exchange_rates (company, currency, "into", dated_on, rate, set_by)'
        ' VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (company, currency, "into", dated_on)'
        " DO UPDATE SET rate = excluded.rate, set_by = excluded.set_by, set_at = now()",
        company,
        *pair,
        on,
        rate,
        by,
    )


async def listed(
    tx: Transaction, company: str, before: tuple[date, str, str] | None, limit: int
) -> Sequence[Row]:
    """The rates of a company, the latest first."""
    return await tx.driver.fetch(
        "SELECT * FROM exchange_rates WHERE company = $1"
        ' AND ($2::date IS NULL OR (dated_on, currency, "into") < ($2, $3, $4))'
        ' ORDER BY dated_on DESC, currency DESC, "into" DESC LIMIT $5',
        company,
        *(before or (None, None, None)),
        limit,
    )
