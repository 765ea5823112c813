"""Documents, postings and open items in the database; the first two are only ever added to."""

# ruff: noqa: S608 - statements are made of our own names; values are parameters

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from billing.batch import Row, arrays
from billing.ledger import rules
from billing.ledger.model import (
    OWED,
    Account,
    Document,
    Entry,
    Instalment,
    Kind,
    OpenCredit,
    OpenItem,
    Policy,
    Posting,
    Standing,
    Whose,
)
from billing.tables import documents, entries, open_items, postings
from kernel.database import Transaction
from kernel.money import Money

DOCUMENT = (
    "id", "kind", "company", "unit", "rep", "customer", "number", "order_id", "order_number",
    "invoice", "issued_on", "due_on", "currency", "net", "gross", "origin", "tendered",
    "tendered_currency", "reason",
)  # fmt: skip
ITEM = ("item", "document", "nth", "due_on", "open")
POSTING = ("id", "kind", "document", "company", "unit", "rep", "customer", "dated_on")
ENTRY = ("posting", "line", "account", "item", "amount")

# A document, its open items and its place in the line for a legal number are one statement.
ADD = f"""
WITH added AS (
    INSERT INTO documents ({", ".join(DOCUMENT)})
    SELECT * FROM {arrays(documents, DOCUMENT)}
    RETURNING *
), items AS (
    INSERT INTO open_items (item, document, nth, due_on, open, kind, company, unit, rep, customer,
                            currency, disputed, live)
    SELECT i.*, a.kind, a.company, a.unit, a.rep, a.customer, a.currency,
           a.id = ANY (${len(DOCUMENT) + 1}), a.origin = 'live'
    FROM {arrays(open_items, ITEM, first=len(DOCUMENT) + 2)} AS i ({", ".join(ITEM)})
    JOIN added a ON a.id = i.document
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
        tendered=row["tendered"] and Money(row["tendered"], row["tendered_currency"]),
        reason=row["reason"],
    )


def whose(row: Row) -> Whose:
    """Whose business a row is."""
    return Whose(row["customer"], row["company"], row["unit"], row["rep"])


async def add_documents(
    tx: Transaction, added: Sequence[Document], disputed: frozenset[UUID] = frozenset()
) -> None:
    """New documents, each with its open items; those issued here wait for a legal number."""
    if added:
        columns = zip(*(_document(one) for one in added), strict=True)
        items = zip(*(item for one in added for item in _items(one)), strict=True)
        await tx.driver.execute(ADD, *columns, list(disputed), *items)


def _items(one: Document) -> Iterable[tuple[Any, ...]]:
    for item, nth, part in rules.instalments_of(one):
        yield item, one.id, nth, part.due_on, part.amount.amount


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
        one.tendered and one.tendered.amount,
        one.tendered and one.tendered.currency,
        one.reason,
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
            " FROM unnest($1::uuid[], $2::numeric[]) AS taken (item, amount)"
            " WHERE open_items.item = taken.item",
            list(by),
            list(by.values()),
        )


async def reopen_items(tx: Transaction, again: Sequence[tuple[UUID, Decimal, date]]) -> None:
    """Give back to items what had been settled of them, each from a day on."""
    await tx.driver.execute(
        "UPDATE open_items SET open = open + back.amount,"
        " reopened_on = greatest(reopened_on, back.day)"
        " FROM unnest($1::uuid[], $2::numeric[], $3::date[]) AS back (item, amount, day)"
        " WHERE open_items.item = back.item",
        *zip(*again, strict=True),
    )


async def add_instalments(
    tx: Transaction, of: OpenItem, parts: Sequence[tuple[UUID, int, Instalment]], on: date
) -> None:
    """What is open of an item becomes several; the first of them is the item itself.

    The others can be settled from this day on.
    """
    first, *more = parts
    await tx.driver.execute(
        "UPDATE open_items SET due_on = $2, open = $3, overdue_on = NULL WHERE item = $1",
        of.item,
        first[2].day,
        first[2].amount.amount,
    )
    if more:
        await tx.driver.execute(
            "INSERT INTO open_items (item, document, nth, due_on, open, kind, company, unit, rep,"
            " customer, currency, disputed, live, reopened_on)"
            " SELECT p.item, i.document, p.nth, p.due_on, p.open, i.kind, i.company, i.unit,"
            " i.rep, i.customer, i.currency, i.disputed, i.live, $6 FROM open_items i,"
            " unnest($2::uuid[], $3::int[], $4::date[], $5::numeric[])"
            " AS p (item, nth, due_on, open) WHERE i.item = $1",
            of.item,
            [item for item, _, _ in more],
            [nth for _, nth, _ in more],
            [part.day for _, _, part in more],
            [part.amount.amount for _, _, part in more],
            on,
        )


ITEMS_OF = """
SELECT i.*, coalesce((SELECT sum(e.amount) FROM entries e JOIN postings p ON p.id = e.posting
                      WHERE e.item = i.item AND e.account = 'receivable'
                        AND p.kind IN ('invoice', 'interest', 'fee', 'instalments')), 0) AS amount
FROM open_items i WHERE i.document = $1 AND i.kind = ANY ($2) ORDER BY i.nth
"""


async def items_of(tx: Transaction, document: UUID) -> Sequence[Row]:
    """The items of an invoice or charge, with what each is of and what is open of it."""
    return await tx.driver.fetch(ITEMS_OF, document, OWED_KINDS)


async def disputed(tx: Transaction, documents: Sequence[UUID]) -> set[UUID]:
    """Those of these invoices that are in dispute, in part or whole."""
    rows = await tx.driver.fetch(
        "SELECT DISTINCT document FROM open_items WHERE document = ANY ($1) AND disputed",
        documents,
    )
    return {row["document"] for row in rows}


async def dispute(tx: Transaction, now: Mapping[UUID, bool]) -> None:
    """Say of invoices whether they are in dispute, with all their instalments."""
    if now:
        await tx.driver.execute(
            "UPDATE open_items SET disputed = told.disputed"
            " FROM unnest($1::uuid[], $2::boolean[]) AS told (document, disputed)"
            " WHERE open_items.document = told.document",
            list(now),
            list(now.values()),
        )


ITEM_COLUMNS = """
i.item, i.document, i.nth, i.kind, d.number, d.order_id, d.issued_on, i.due_on, i.company, i.unit,
i.rep, i.customer, i.currency, i.open, i.disputed, greatest(d.issued_on, i.reopened_on) AS open_from
"""
OWED_KINDS = [kind.value for kind in OWED]

OPEN_ITEMS = f"""
SELECT {ITEM_COLUMNS} FROM open_items i JOIN documents d ON d.id = i.document
WHERE i.customer = ANY ($1) AND i.open > 0 AND i.kind = ANY ($2)
"""


async def open_items_of(
    tx: Transaction, customers: Iterable[UUID]
) -> dict[UUID, dict[UUID, OpenItem]]:
    """What these customers owe, by customer and item."""
    found: dict[UUID, dict[UUID, OpenItem]] = {customer: {} for customer in customers}
    for row in await tx.driver.fetch(OPEN_ITEMS, list(found), OWED_KINDS):
        found[row["customer"]][row["item"]] = open_item(row)
    return found


def open_item(row: Row) -> OpenItem:
    """An item from its row."""
    return OpenItem(
        item=row["item"],
        document=row["document"],
        kind=Kind(row["kind"]),
        number=row["number"],
        whose=whose(row),
        order=row["order_id"],
        issued_on=row["issued_on"],
        due_on=row["due_on"],
        open=Money(row["open"], row["currency"]),
        open_from=row["open_from"],
        disputed=row["disputed"],
        nth=row["nth"],
    )


async def item(tx: Transaction, id_: UUID) -> OpenItem | None:
    """What a customer owes or owed by this id; None when it is not there or not in scope."""
    row = await tx.driver.fetchrow(
        f"SELECT {ITEM_COLUMNS} FROM open_items i JOIN documents d ON d.id = i.document"
        " WHERE i.item = $1 AND i.kind = ANY ($2)",
        id_,
        OWED_KINDS,
    )
    return None if row is None else open_item(row)


async def last_instalment(tx: Transaction, document: UUID) -> int:
    """How many instalments a document has."""
    last: int = await tx.driver.fetchval(
        "SELECT max(nth) FROM open_items WHERE document = $1", document
    )
    return last


OPEN_CREDITS = f"""
SELECT {", ".join(f"d.{name}" for name in DOCUMENT)}, i.open,
       greatest(d.issued_on, i.reopened_on) AS free_from
FROM open_items i JOIN documents d ON d.id = i.document
WHERE i.open > 0 AND i.kind IN ('payment', 'credit-note')
"""


async def open_credits(tx: Transaction, customers: Iterable[UUID]) -> list[OpenCredit]:
    """What is left of these customers' payments and credit notes, the oldest first."""
    rows = await tx.driver.fetch(
        f"{OPEN_CREDITS} AND i.customer = ANY ($1) ORDER BY d.issued_on, d.id", list(customers)
    )
    return [_open_credit(row) for row in rows]


async def open_credit(tx: Transaction, document: UUID) -> OpenCredit | None:
    """What is left of one payment or credit note; None when there is nothing."""
    row = await tx.driver.fetchrow(f"{OPEN_CREDITS} AND i.item = $1", document)
    return None if row is None else _open_credit(row)


def _open_credit(row: Row) -> OpenCredit:
    return OpenCredit(document(row), Money(row["open"], row["currency"]), row["free_from"])


# What was settled and not taken back since, and what the rates made of it.
STANDING = """
SELECT e.account, e.item, e.currency, e.company, e.unit, e.rep, e.customer,
       sum(e.amount) AS amount, max(e.dated_on) AS last_on
FROM postings p JOIN entries e ON e.posting = p.id
WHERE p.document = $1 AND p.kind = ANY ($2)
GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(e.amount) <> 0 ORDER BY e.account, e.item, e.currency
"""


async def standing(tx: Transaction, document: UUID, kinds: Sequence[Kind]) -> list[Standing]:
    """What postings of these kinds come to in all for a document, entry by entry."""
    rows = await tx.driver.fetch(STANDING, document, [kind.value for kind in kinds])
    return [
        Standing(
            whose(row),
            Entry(Account(row["account"]), Money(row["amount"], row["currency"]), row["item"]),
            row["last_on"],
        )
        for row in rows
    ]


async def reversed_on(tx: Transaction, payment: UUID) -> date | None:
    """When a payment was taken back; None while it stands."""
    day: date | None = await tx.driver.fetchval(
        "SELECT reversed_on FROM reversals WHERE payment = $1", payment
    )
    return day


async def note_reversal(
    tx: Transaction, payment: Document, on: date, reason: str, by: UUID | None
) -> None:
    """This payment is taken back."""
    where = payment.whose
    await tx.driver.execute(
        "INSERT INTO reversals (payment, company, unit, rep, customer, reversed_on, reason,"
        " reversed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        payment.id,
        where.company,
        where.unit,
        where.rep,
        where.customer,
        on,
        reason,
        by,
    )


async def policies(tx: Transaction, companies: Iterable[str]) -> dict[str, Policy]:
    """How those of these companies allocate that have said so."""
    rows = await tx.driver.fetch(
        "SELECT company, rules, priority FROM allocation_policies WHERE company = ANY ($1)",
        list(set(companies)),
    )
    return {
        row["company"]: Policy(tuple(row["rules"]), tuple(Kind(one) for one in row["priority"]))
        for row in rows
    }


async def keep_policy(tx: Transaction, company: str, policy: Policy) -> None:
    """How a company allocates from now on."""
    await tx.driver.execute(
        "INSERT INTO allocation_policies (company, rules, priority) VALUES ($1, $2, $3)"
        " ON CONFLICT (company) DO UPDATE SET rules = excluded.rules,"
        " priority = excluded.priority",
        company,
        list(policy.rules),
        [kind.value for kind in policy.priority],
    )


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


SHOWN = """
SELECT d.*, i.open, i.disputed, i.instalments, c.number AS customer_number,
       c.name AS customer_name, n.number AS legal, r.reversed_on
FROM documents d CROSS JOIN LATERAL (
    SELECT sum(open) AS open, bool_or(disputed) AS disputed, count(*) AS instalments
    FROM open_items WHERE document = d.id) i
LEFT JOIN reversals r ON r.payment = d.id
LEFT JOIN customers c ON c.customer = d.customer LEFT JOIN legal_numbers n ON n.document = d.id
"""

DOCUMENTS = f"""
{SHOWN}
WHERE ($1::text IS NULL OR d.company = $1) AND ($2::uuid IS NULL OR d.customer = $2)
  AND ($3::uuid IS NULL OR d.order_id = $3) AND ($4::text IS NULL OR d.kind = $4)
  AND (NOT $5 OR i.open > 0)
"""


async def shown_document(tx: Transaction, id_: UUID) -> Row | None:
    """One document as lists show it."""
    return await tx.driver.fetchrow(f"{SHOWN} WHERE d.id = $1", id_)


LATEST_FIRST = f"""
{DOCUMENTS} AND ($6::date IS NULL OR (d.issued_on, d.id) < ($6, $7::uuid))
ORDER BY d.issued_on DESC, d.id DESC LIMIT $8
"""

LONGEST_OVERDUE_FIRST = f"""
{DOCUMENTS} AND d.kind = 'invoice' AND d.id IN (
    SELECT document FROM open_items WHERE open > 0 AND due_on < $9 AND kind = 'invoice')
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
       i.number AS item_number, o.nth, e.amount, e.currency
FROM entries e JOIN postings p ON p.id = e.posting JOIN documents d ON d.id = p.document
JOIN open_items o ON o.item = e.item JOIN documents i ON i.id = o.document
WHERE e.customer = $1 AND e.item IS NOT NULL
  AND ($2::date IS NULL OR (e.dated_on, e.posting, e.line) < ($2, $3::uuid, $4::int))
ORDER BY e.dated_on DESC, e.posting DESC, e.line DESC LIMIT $5
"""


async def movements(
    tx: Transaction, customer: UUID, before: tuple[date, UUID, int] | None, limit: int
) -> Sequence[Row]:
    """What a customer came to owe and paid, the latest first."""
    return await tx.driver.fetch(MOVEMENTS, customer, *(before or (None, None, None)), limit)
