"""Up to which day each company is closed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Column, Date, DateTime, Table, Text, Uuid

from billing.batch import Row
from billing.tables import metadata
from kernel.database import Transaction

closings = Table(
    "closings",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("company", Text),
    Column("through", Date),
    Column("reason", Text),
    Column("closed_by", Uuid),
    Column("closed_at", DateTime(timezone=True)),
)

closed_periods = Table(
    "closed_periods",
    metadata,
    Column("company", Text, primary_key=True),
    Column("through", Date),
)


async def closed_through(tx: Transaction, companies: Collection[str]) -> dict[str, date]:
    """The last closed day of each of these companies that has one."""
    rows = await tx.driver.fetch(
        "SELECT company, through FROM closed_periods WHERE company = ANY ($1)", list(companies)
    )
    return {row["company"]: row["through"] for row in rows}


async def lock(tx: Transaction, company: str) -> None:
    """Wait for what is being posted in this company, and let nothing more be posted meanwhile."""
    await tx.driver.execute("SELECT lock_periods($1)", company)


async def close(
    tx: Transaction, id_: UUID, company: str, through: date, reason: str, by: UUID
) -> None:
    """Nothing is posted on or before this day any more."""
    await tx.driver.execute(
        "INSERT INTO closings (id, company, through, reason, closed_by)"
        " VALUES ($1, $2, $3, $4, $5)",
        id_,
        company,
        through,
        reason,
        by,
    )
    await tx.driver.execute(
        "INSERT INTO closed_periods (company, through) VALUES ($1, $2)"
        " ON CONFLICT (company) DO UPDATE SET through = excluded.through",
        company,
        through,
    )


async def history(tx: Transaction, company: str, limit: int) -> Sequence[Row]:
    """How a company was closed and opened again, the latest first."""
    return await tx.driver.fetch(
        "SELECT * FROM closings WHERE company = $1 ORDER BY id DESC LIMIT $2", company, limit
    )
