"""Interest and fees: receivables of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from billing.exposure.book import Book
from billing.ledger import events, rules, store
from billing.ledger.model import Charge, Document
from billing.ledger.posting import post
from billing.periods import queries as periods
from billing.periods.rules import dated
from kernel.database import Transaction


async def charge_many(
    tx: Transaction, book: Book, charges: Sequence[Charge], by: UUID | None = None
) -> list[Document]:
    """Charge interest and fees on an open book that the caller saves.

    One that was charged before, by its id, is not charged again. What is dated into a closed
    period counts on the first open day.

    Returns:
        What is new.

    Raises:
        ChargeNotPositive, TooManyDecimals
    """
    asked = {one.id: one for one in charges}
    there = await store.documents_by_id(tx, list(asked))
    days = await periods.first_open_days(tx, {one.whose.company for one in charges})
    new = [
        rules.charge(
            replace(one, dated_on=dated(one.dated_on, days.get(one.whose.company))), tx.origin
        )
        for one in asked.values()
        if one.id not in there
    ]
    await store.add_documents(tx, new)
    await post(tx, book, [rules.charged(document) for document in new], by)
    for document in new:
        tx.announce(events.charge_issued(document), person=document.whose.rep)
    return new
