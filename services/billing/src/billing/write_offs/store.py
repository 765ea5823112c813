"""Write-offs in the database: asked for, decided, done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Boolean, Column, Date, DateTime, Numeric, Table, Text, Uuid, select

from billing.batch import Row
from billing.ledger.model import OpenItem
from billing.tables import customers, documents, metadata
from kernel.database import Transaction
from kernel.money import Money

write_offs = Table(
    "write_offs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("item", Uuid),
    Column("document", Uuid),
    Column("company", Text),
    Column("unit", Text),
    Column("rep", Uuid),
    Column("customer", Uuid),
    Column("currency", Text),
    Column("amount", Numeric),
    Column("bad_debt", Boolean),
    Column("reason", Text),
    Column("approval", Uuid),
    Column("requested_by", Uuid),
    Column("requested_at", DateTime(timezone=True)),
    Column("state", Text),
    Column("written_off_on", Date),
)


async def add(
    tx: Transaction,
    id_: UUID,
    item: OpenItem,
    amount: Money,
    reason: str,
    *,
    bad_debt: bool,
    by: UUID | None,
) -> None:
    """Somebody asks to write this off."""
    where = item.whose
    values = {
        "id": id_,
        "item": item.item,
        "document": item.document,
        "company": where.company,
        "unit": where.unit,
        "rep": where.rep,
        "customer": where.customer,
        "currency": amount.currency,
        "amount": amount.amount,
        "bad_debt": bad_debt,
        "reason": reason,
        "requested_by": by,
        "state": "waiting",
    }
    await tx.execute(write_offs.insert().values(**values))


async def find(tx: Transaction, id_: UUID) -> Row | None:
    """A write-off by its id, if it is in scope."""
    done = await tx.execute(select(write_offs).where(write_offs.c.id == id_))
    return done.mappings().one_or_none()


async def decided(
    tx: Transaction, id_: UUID, state: str, on: date | None, approval: UUID | None
) -> None:
    """How a request ended."""
    await tx.driver.execute(
        "UPDATE write_offs SET state = $2, written_off_on = $3, approval = $4 WHERE id = $1",
        id_,
        state,
        on,
        approval,
    )


async def listed(
    tx: Transaction,
    company: str | None,
    customer: UUID | None,
    state: str | None,
    before: UUID | None,
    limit: int,
) -> Sequence[Row]:
    """Write-offs in scope, the latest first."""
    query = (
        select(write_offs, documents.c.number, customers.c.name.label("customer_name"))
        .join(documents, documents.c.id == write_offs.c.document)
        .outerjoin(customers, customers.c.customer == write_offs.c.customer)
    )
    if company is not None:
        query = query.where(write_offs.c.company == company)
    if customer is not None:
        query = query.where(write_offs.c.customer == customer)
    if state is not None:
        query = query.where(write_offs.c.state == state)
    if before is not None:
        query = query.where(write_offs.c.id < before)
    done = await tx.execute(query.order_by(write_offs.c.id.desc()).limit(limit))
    return done.mappings().all()
