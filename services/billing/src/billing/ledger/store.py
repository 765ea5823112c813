"""Documents, postings and open items in the database; the first two are only ever added to."""

# ruff: noqa: S608 - statements are made of our own names; values are parameters

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from billing.batch import Row, arrays
from billing.ledger.model import Document, Kind, OpenInvoice, Posting, Whose
from billing.tables import documents, entries, postings
from kernel.database import Transaction
from kernel.money import Money

DOCUMENT = (
    "id", "kind", "company", "unit", "rep", "customer", "number", "order_id", "order_number",
    "invoice", "issued_on", "due_on", "currency", "net", "gross", "origin",
)  # fmt: skip
POSTING = ("id", "kind", "document", "company", "unit", "rep", "customer", "dated_on")
ENTRY = ("posting", "line", "account", "item", "amount")

# A document, its open item and its place in the line for a legal number are one statement.
ADD = f"""
WITH added AS (
    INSERT INTO documents ({", ".join(DOCUMENT)})
    SELECT * FROM {arrays(documents, DOCUMENT)}
    RETURNING *
), items AS (
    INSERT INTO open_items (document, kind, company, unit, rep, customer, currency, due_on, open,
                            disputed, live)
    SELECT id, kind, company, unit, rep, customer, currency, due_on, gross,
           id = ANY (${len(DOCUMENT) + 1}), origin = 'live'
    FROM added
)
INSERT INTO unnumbered (document, company, unit, kind)
SELECT id, company, unit, kind FROM added WHERE origin = 'live'
"""


# The entries of a posting say of themselves only what the posting does not.
POST = f"""
WITH head AS (
    SELECT * FROM {arrays(postings, POSTING)} AS h ({", ".join(POSTING)})
), currency AS (
    SELECT * FROM unnest($1::uuid[], $9::text[]) AS c (id, currency)
), posted AS (
    INSERT INTO postings ({", ".join(POSTING)}, posted_by) SELECT *, $10 FROM head
)
INSERT INTO entries (posting, line, account, item, amount, company, unit, rep, customer, dated_on,
                     currency)
SELECT e.*, h.company, h.unit, h.rep, h.customer, h.dated_on, c.currency
FROM {arrays(entries, ENTRY, first=11)} AS e ({", ".join(ENTRY)})
JOIN head h ON h.id = e.posting JOIN currency c ON c.id = e.posting
"""


async def documents_by_id(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, Document]:
    """The documents among these ids that are there."""
    rows = await tx.driver.fetch(
        f"SELECT {', '.join(DOCUMENT)} FROM documents WHERE id = ANY ($1)", ids
    )
    return {row["id"]: document(row) for row in rows}


def document(row: Row) -> Document:
    """A document from its row."""
    return Document(
        id=row["id"],
        kind=Kind(row["kind"]),
        whose=whose(row),
        number=row["number"],
        issued_on=row["issued_on"],
        net=Money(row["net"], row["currency"]),
        gross=Money(row["gross"], row["currency"]),
        origin=row["origin"],
        due_on=row["due_on"],
        order=row["order_id"],
        order_number=row["order_number"],
        invoice=row["invoice"],
    )


def whose(row: Row) -> Whose:
    """Whose business a row is."""
    return Whose(row["customer"], row["company"], row["unit"], row["rep"])


async def add_documents(
    tx: Transaction, added: Sequence[Document], disputed: frozenset[UUID] = frozenset()
) -> None:
    """New documents, each with its open item; those issued here wait for a legal number."""
    if added:
        columns = zip(*(_document(one) for one in added), strict=True)
        await tx.driver.execute(ADD, *columns, list(disputed))


def _document(one: Document) -> tuple[Any, ...]:
    return (
        one.id,
        one.kind.value,
        one.whose.company,
        one.whose.unit,
        one.whose.rep,
        one.whose.customer,
        one.number,
        one.order,
        one.order_number,
        one.invoice,
        one.issued_on,
        one.due_on,
        one.gross.currency,
        one.net.amount,
        one.gross.amount,
        one.origin,
    )


async def post(tx: Transaction, added: Sequence[Posting], by: UUID | None = None) -> None:
    """Post; the database refuses entries that do not balance."""
    if added:
        heads = zip(*(_head(one) for one in added), strict=True)
        lines = zip(*(line for one in added for line in _entries(one)), strict=True)
        await tx.driver.execute(POST, *heads, by, *lines)


def _head(one: Posting) -> tuple[Any, ...]:
    where = one.whose
    return (
        one.id,
        one.kind.value,
        one.document,
        where.company,
        where.unit,
        where.rep,
        where.customer,
        one.dated_on,
        one.currency,
    )


def _entries(one: Posting) -> Iterable[tuple[Any, ...]]:
    for line, entry in enumerate(one.entries, start=1):
        yield one.id, line, entry.account.value, entry.item, entry.amount.amount


async def reduce_items(tx: Transaction, by: Mapping[UUID, Decimal]) -> None:
    """Take what was allocated off the open items, invoices and credits alike."""
    if by:
        await tx.driver.execute(
            "UPDATE open_items SET open = open - taken.amount"
            " FROM unnest($1::uuid[], $2::numeric[]) AS taken (document, amount)"
            " WHERE open_items.document = taken.document",
            list(by),
            list(by.values()),
        )


async def disputed(tx: Transaction, ids: Sequence[UUID]) -> set[UUID]:
    """Those of these invoices that are in dispute."""
    rows = await tx.driver.fetch(
        "SELECT document FROM open_items WHERE document = ANY ($1) AND disputed", ids
    )
    return {row["document"] for row in rows}


async def dispute(tx: Transaction, now: Mapping[UUID, bool]) -> None:
    """Say of invoices whether they are in dispute."""
    if now:
        await tx.driver.execute(
            "UPDATE open_items SET disputed = told.disputed"
            " FROM unnest($1::uuid[], $2::boolean[]) AS told (document, disputed)"
            " WHERE open_items.document = told.document",
            list(now),
            list(now.values()),
        )


OPEN_INVOICES = """
SELECT d.id, d.number, d.order_id, d.issued_on, d.due_on, d.company, d.unit, d.rep, d.customer,
       i.currency, i.open
FROM open_items i JOIN documents d ON d.id = i.document
WHERE i.customer = ANY ($1) AND i.open > 0 AND i.kind = 'invoice'
"""


async def open_invoices(
    tx: Transaction, customers: Iterable[UUID]
) -> dict[UUID, dict[UUID, OpenInvoice]]:
    """What these customers owe, by customer and invoice."""
    found: dict[UUID, dict[UUID, OpenInvoice]] = {customer: {} for customer in customers}
    for row in await tx.driver.fetch(OPEN_INVOICES, list(found)):
        invoice = OpenInvoice(
            invoice=row["id"],
            number=row["number"],
            whose=whose(row),
            order=row["order_id"],
            issued_on=row["issued_on"],
            due_on=row["due_on"],
            open=Money(row["open"], row["currency"]),
        )
        found[row["customer"]][invoice.invoice] = invoice
    return found


async def wait_for_delivery(tx: Transaction, goods_return: UUID, delivery: UUID, body: str) -> None:
    """Keep a return until we hear of what was delivered."""
    await tx.driver.execute(
        "INSERT INTO awaiting (goods_return, delivery, body, origin)"
        " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        goods_return,
        delivery,
        body,
        tx.origin,
    )


async def take_up(tx: Transaction, deliveries: Sequence[UUID]) -> Sequence[Row]:
    """The returns that waited for these deliveries; they wait no longer."""
    return await tx.driver.fetch(
        "DELETE FROM awaiting WHERE delivery = ANY ($1) RETURNING body, origin", deliveries
    )


DOCUMENTS = """
SELECT d.*, i.open, i.disputed, c.number AS customer_number, c.name AS customer_name,
       n.number AS legal
FROM documents d JOIN open_items i ON i.document = d.id
LEFT JOIN customers c ON c.customer = d.customer LEFT JOIN legal_numbers n ON n.document = d.id
WHERE ($1::text IS NULL OR d.company = $1) AND ($2::uuid IS NULL OR d.customer = $2)
  AND ($3::uuid IS NULL OR d.order_id = $3) AND ($4::text IS NULL OR d.kind = $4)
  AND (NOT $5 OR i.open > 0)
"""

LATEST_FIRST = f"""
{DOCUMENTS} AND ($6::date IS NULL OR (d.issued_on, d.id) < ($6, $7::uuid))
ORDER BY d.issued_on DESC, d.id DESC LIMIT $8
"""

LONGEST_OVERDUE_FIRST = f"""
{DOCUMENTS} AND i.open > 0 AND d.kind = 'invoice' AND d.due_on < $9
AND ($6::date IS NULL OR (d.due_on, d.id) > ($6, $7::uuid))
ORDER BY d.due_on, d.id LIMIT $8
"""

Which = tuple[str | None, UUID | None, UUID | None, str | None, bool]
"""Company, customer, order, kind, only open ones."""
Place = tuple[date, UUID]


async def list_documents(
    tx: Transaction, which: Which, after: Place | None, limit: int
) -> Sequence[Row]:
    """Documents in scope, the latest first; a place is the day of issue and the id."""
    return await tx.driver.fetch(LATEST_FIRST, *which, *(after or (None, None)), limit)


async def list_overdue(
    tx: Transaction, which: Which, day: date, after: Place | None, limit: int
) -> Sequence[Row]:
    """Open invoices due before a day, the longest overdue first; a place is due day and id."""
    place = after or (None, None)
    return await tx.driver.fetch(LONGEST_OVERDUE_FIRST, *which, *place, limit, day)


MOVEMENTS = """
SELECT e.posting, e.line, e.dated_on, p.kind, p.document, d.number, e.account, e.item,
       i.number AS item_number, e.amount, e.currency
FROM entries e JOIN postings p ON p.id = e.posting JOIN documents d ON d.id = p.document
JOIN documents i ON i.id = e.item
WHERE e.customer = $1 AND e.item IS NOT NULL
  AND ($2::date IS NULL OR (e.dated_on, e.posting, e.line) < ($2, $3::uuid, $4::int))
ORDER BY e.dated_on DESC, e.posting DESC, e.line DESC LIMIT $5
"""


async def movements(
    tx: Transaction, customer: UUID, before: tuple[date, UUID, int] | None, limit: int
) -> Sequence[Row]:
    """What a customer came to owe and paid, the latest first."""
    return await tx.driver.fetch(MOVEMENTS, customer, *(before or (None, None, None)), limit)
