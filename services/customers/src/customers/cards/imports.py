"""Customer cards from another system: taken as they are given, changed when they come changed."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from contracts.customers.imports import ContactRecord, CustomerRecord, ImportCustomers
from contracts.imports import ImportAnswer
from customers.cards.events import customer_changed
from customers.cards.model import Card, Contact
from customers.cards.store import Cards, Known
from customers.imports import Batch, NumberTaken, Overlapping, begin, digest
from kernel.database import Transaction
from kernel.money import minor_digits
from kernel.problems import Refusal
from kernel.scope import Principal


async def import_customers(tx: Transaction, asked: ImportCustomers, who: Principal) -> ImportAnswer:
    """Take in a batch of cards; a row that cannot be taken is left out and reported."""
    minor_digits(asked.currency)
    owners = (record.owner for record in asked.records)
    batch = await begin(tx, "customers", asked.company, owners, who)
    cards = Cards(tx)
    known = await cards.known(asked.company, [record.key for record in asked.records])
    taken = _sorted_out(batch, asked, known)
    there = {card.customer for card in known.values()} & taken.keys()
    if not await cards.keep_imported(taken, there):
        raise Overlapping(asked.company)
    for card, _ in taken.values():
        tx.announce(customer_changed(card), person=card.owner)
    return batch.answer()


def _sorted_out(
    batch: Batch, asked: ImportCustomers, known: Mapping[str, Known]
) -> dict[UUID, tuple[Card, bytes]]:
    """The cards that are new or changed, with their digests; the last of a key wins."""
    taken: dict[UUID, tuple[Card, bytes]] = {}
    seen = dict(known)
    for index, record in enumerate(asked.records):
        try:
            card = _card(batch, record, asked.currency)
            now = Known(card.id, digest(record))
            before = seen.get(record.key)
            if before is not None and before.customer != card.id:
                raise NumberTaken(record.key)
        except Refusal as refusal:
            batch.refuse(index, record.key, refusal)
            continue
        if before == now:
            batch.unchanged += 1
            continue
        batch.added += before is None
        batch.changed += before is not None
        seen[record.key] = now
        taken[card.id] = (card, now.digest or b"")
    return taken


def _card(batch: Batch, record: CustomerRecord, currency: str) -> Card:
    return Card(
        id=batch.id("customer", record.key),
        number=record.key,
        kind=record.kind,
        company=batch.company,
        unit=batch.unit(record.unit),
        owner=batch.rep(record.owner),
        currency=currency,
        name=record.name.strip() or record.key,
        tax_id=record.tax_id or None,
        email=record.email or None,
        phone=record.phone or None,
        contacts=tuple(_contact(batch, record.key, each) for each in record.contacts),
    )


def _contact(batch: Batch, customer: str, record: ContactRecord) -> Contact:
    return Contact(
        id=batch.id("contact", f"{customer}/{record.key}"),
        name=record.name.strip() or record.key,
        job=record.job,
        email=record.email or None,
        phone=record.phone or None,
    )
