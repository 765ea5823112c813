"""Documents, their lines, and the sums of each day, kept together in one transaction."""

# ruff: noqa: S608 - statements are made of this service's own names; values are parameters
from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from kernel.database import Transaction
from kernel.money import Money
from targets.attainment.model import Document
from targets.bulk import Sheet, add
from targets.plan.model import Quota
from targets.plan.store import quota_of

LINES = Sheet(
    "document_lines",
    ("document", "product"),
    {"document": "uuid", "product": "text", "quantity": "numeric", "net": "numeric"},
)

_ADD_DOCUMENTS = """
INSERT INTO documents (id, company, unit, rep, customer, number, order_id, order_number,
    issued_on, currency, net, gross, lines_net, invoice, invoice_net, event,
    home)
SELECT given.*, placed.unit
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::uuid[],
    $8::text[], $9::date[], $10::text[], $11::numeric[], $12::numeric[],
    $13::numeric[], $14::uuid[], $15::numeric[], $16::uuid[]) given (id, company, unit, rep,
    customer, number, order_id, order_number, issued_on, currency, net, gross, lines_net, invoice,
    invoice_net, event)
LEFT JOIN placed_during placed ON placed.person = given.rep AND placed.during @> given.issued_on
ON CONFLICT DO NOTHING
RETURNING id
"""
# Plans are made anew for each batch: one made for an empty table would be kept while an import
# fills it, and reads all of it for every batch.
_SHARE_LOCK = """
SELECT pg_advisory_xact_lock_shared(hashtext('facts'), hashtext($1)),
    set_config('plan_cache_mode', 'force_custom_plan', true)
"""
# In the order of the key, so that two processes that count the same days never wait crosswise.
_COUNT = """
INSERT INTO actuals AS kept (company, unit, rep, home, currency, day, documents, net, gross)
SELECT company, unit, rep, min(home), currency, issued_on, count(*), sum(net), sum(gross)
FROM documents WHERE id = ANY($1::uuid[])
GROUP BY company, unit, rep, currency, issued_on
ORDER BY company, unit, rep, currency, issued_on
ON CONFLICT (company, unit, rep, currency, day) DO UPDATE SET
    documents = kept.documents + excluded.documents,
    net = kept.net + excluded.net, gross = kept.gross + excluded.gross
"""
_LOCK_QUOTAS = """
SELECT id FROM quotas
WHERE reached_at IS NULL AND target > 0 AND EXISTS (
    SELECT FROM unnest($1::uuid[], $2::date[]) sold (person, day)
    WHERE sold.person = quotas.person AND daterange(period_start, period_end) @> sold.day)
ORDER BY id FOR NO KEY UPDATE
"""
_ACTUAL_OF_QUOTAS = """
SELECT quotas.*, coalesce(sum(actuals.net), 0) AS actual
FROM quotas LEFT JOIN actuals ON actuals.rep = quotas.person
    AND actuals.currency = quotas.currency
    AND daterange(period_start, period_end) @> actuals.day
WHERE quotas.id = ANY($1::uuid[])
GROUP BY quotas.id
"""


async def share_lock(tx: Transaction, companies: Iterable[str]) -> None:
    """Facts are counted side by side, but not while a run counts their company anew."""
    for company in sorted(set(companies)):
        await tx.driver.execute(_SHARE_LOCK, company)


async def lock(tx: Transaction, company: str) -> None:
    """No fact of the company is counted until this transaction ends."""
    await tx.driver.execute(
        "SELECT pg_advisory_xact_lock(hashtext('facts'), hashtext($1))", company
    )


async def add_documents(tx: Transaction, documents: Sequence[Document]) -> list[Document]:
    """Keep documents with their lines; returns those that were not there before."""
    rows = zip(*map(_row, documents), strict=True)
    new = {row["id"] for row in await tx.driver.fetch(_ADD_DOCUMENTS, *rows)}
    added = [document for document in documents if document.id in new]
    await add(
        tx,
        LINES,
        (
            (document.id, line.product, line.quantity, line.net)
            for document in added
            for line in document.lines
        ),
    )
    return added


def _row(document: Document) -> tuple[Any, ...]:
    return (
        document.id,
        document.company,
        document.unit,
        document.rep,
        document.customer,
        document.number,
        document.order,
        document.order_number,
        document.issued_on,
        document.net.currency,
        document.net.amount,
        document.gross.amount,
        sum((line.net for line in document.lines), Decimal(0)),
        document.invoice,
        document.invoice_net,
        document.event,
    )


async def count(tx: Transaction, documents: Iterable[UUID]) -> None:
    """Add documents to the sums of their days."""
    await tx.driver.execute(_COUNT, list(documents))


async def lock_open_quotas(tx: Transaction, sold: Iterable[tuple[UUID, date]]) -> list[UUID]:
    """Lock the quotas not reached yet that sales of these people and days count towards.

    Two facts of a person that come at once are looked at one after the other, so that the one
    that reaches the quota sees both.
    """
    pairs = set(sold)
    people, days = [person for person, _ in pairs], [day for _, day in pairs]
    return [row["id"] for row in await tx.driver.fetch(_LOCK_QUOTAS, people, days)]


async def actuals_of(tx: Transaction, quotas: Sequence[UUID]) -> list[tuple[Quota, Money]]:
    """Quotas with what was sold in their periods."""
    rows = await tx.driver.fetch(_ACTUAL_OF_QUOTAS, list(quotas))
    return [(quota_of(row), Money(row["actual"], row["currency"])) for row in rows]


async def mark_reached(tx: Transaction, quotas: Iterable[UUID], at: datetime) -> None:
    """A quota is reached once."""
    await tx.driver.execute(
        "UPDATE quotas SET reached_at = $2 WHERE id = ANY($1::uuid[])", list(quotas), at
    )


async def rehome(tx: Transaction, company: str, person: UUID | None) -> None:
    """Move facts to where their rep was placed on their day."""
    for table, day in (("documents", "issued_on"), ("actuals", "day")):
        await tx.driver.execute(
            f"""
            UPDATE {table} AS fact SET home = placed.unit FROM placed_during placed
            WHERE placed.person = fact.rep AND placed.during @> fact.{day}
            AND fact.company = $1 AND fact.rep = coalesce($2, fact.rep)
            AND fact.home IS DISTINCT FROM placed.unit
            """,
            company,
            person,
        )


async def wrong_actuals(tx: Transaction) -> list[str]:
    """The days on which the sums are not those of the documents."""
    rows = await tx.driver.fetch(
        """
        WITH due AS (
            SELECT company, unit, rep, min(home) AS home, currency, issued_on AS day,
                count(*)::int AS documents, sum(net) AS net, sum(gross) AS gross
            FROM documents GROUP BY company, unit, rep, currency, issued_on
        ), kept AS (
            SELECT company, unit, rep, home, currency, day, documents, net, gross FROM actuals
        ), wrong AS (
            (SELECT * FROM due EXCEPT SELECT * FROM kept)
            UNION (SELECT * FROM kept EXCEPT SELECT * FROM due)
        )
        SELECT DISTINCT company, unit, rep, day FROM wrong LIMIT 20
        """
    )
    return [
        f"actuals of {row['unit']} and {row['rep']} on {row['day']} are not their documents' sum"
        for row in rows
    ]
