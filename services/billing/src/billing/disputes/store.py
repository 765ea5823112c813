"""Disputes in the database; `open_items` says of each item whether it has an open one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Column, Date, Table, Text, Uuid, select

from billing.batch import Row
from billing.ledger.model import OpenItem
from billing.tables import customers, documents, metadata, open_items
from kernel.database import Transaction

disputes = Table(
    "disputes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("item", Uuid),
    Column("document", Uuid),
    Column("company", Text),
    Column("unit", Text),
    Column("rep", Uuid),
    Column("customer", Uuid),
    Column("disputed_on", Date),
    Column("reason", Text),
    Column("disputed_by", Uuid),
    Column("settled_on", Date),
    Column("outcome", Text),
    Column("note", Text),
    Column("settled_by", Uuid),
)


@dataclass(frozen=True, slots=True)
class Settling:
    """How a dispute ended."""

    outcome: str
    note: str
    on: date
    by: UUID | None


async def open_dispute(
    tx: Transaction, id_: UUID, item: OpenItem, reason: str, on: date, by: UUID | None
) -> None:
    """This item is in dispute from now on."""
    where = item.whose
    values = {
        "id": id_,
        "item": item.item,
        "document": item.document,
        "company": where.company,
        "unit": where.unit,
        "rep": where.rep,
        "customer": where.customer,
        "disputed_on": on,
        "reason": reason,
        "disputed_by": by,
    }
    await tx.execute(disputes.insert().values(**values))
    await _mark(tx, item, disputed=True)


async def settle(tx: Transaction, item: OpenItem, how: Settling) -> None:
    """This item is in dispute no more; one that an import disputed has no row of its own."""
    await tx.driver.execute(
        "UPDATE disputes SET outcome = $2, note = $3, settled_on = greatest(disputed_on, $4),"
        " settled_by = $5 WHERE item = $1 AND settled_on IS NULL",
        item.item,
        how.outcome,
        how.note,
        how.on,
        how.by,
    )
    await _mark(tx, item, disputed=False)


async def _mark(tx: Transaction, item: OpenItem, *, disputed: bool) -> None:
    await tx.driver.execute(
        "UPDATE open_items SET disputed = $2 WHERE item = $1", item.item, disputed
    )


async def listed(
    tx: Transaction,
    company: str | None,
    customer: UUID | None,
    open_only: bool,
    before: UUID | None,
    limit: int,
) -> Sequence[Row]:
    """Disputes in scope, the latest first."""
    query = (
        select(
            disputes,
            documents.c.number,
            open_items.c.nth,
            open_items.c.open,
            open_items.c.currency,
            customers.c.name.label("customer_name"),
        )
        .join(documents, documents.c.id == disputes.c.document)
        .join(open_items, open_items.c.item == disputes.c.item)
        .outerjoin(customers, customers.c.customer == disputes.c.customer)
    )
    if company is not None:
        query = query.where(disputes.c.company == company)
    if customer is not None:
        query = query.where(disputes.c.customer == customer)
    if open_only:
        query = query.where(disputes.c.settled_on.is_(None))
    if before is not None:
        query = query.where(disputes.c.id < before)
    done = await tx.execute(query.order_by(disputes.c.id.desc()).limit(limit))
    return done.mappings().all()
