"""Opening and settling disputes."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from billing.disputes import rules, store
from billing.disputes.store import Settling
from billing.exposure.book import Book
from billing.ledger import queries as ledger
from billing.ledger.model import OpenItem
from contracts.billing.dispute_changed import DisputeChangedV1
from contracts.billing.disputes import ItemDispute, Outcome
from kernel.database import Transaction
from kernel.ids import uuid7


async def dispute(
    tx: Transaction, item: UUID, reason: str, on: date, by: UUID | None = None
) -> ItemDispute:
    """A customer says that they do not owe this: it stays owed, and is left alone meanwhile.

    Raises:
        NotFound: there is no such item, or it is out of the person's scope.
        AlreadyDisputed
    """
    asked = await _locked(tx, item)
    rules.check_new(asked.number, disputed=asked.disputed)
    await store.open_dispute(tx, uuid7(), asked, reason, on, by)
    return _told(tx, asked, reason, None)


async def settle_dispute(
    tx: Transaction, item: UUID, outcome: Outcome, note: str, on: date, by: UUID | None = None
) -> ItemDispute:
    """A dispute ends: the customer was right (upheld), was not (rejected), or gave it up.

    What the customer was right about is taken back by a credit note or a write-off of its own.

    Raises:
        NotFound: there is no such item, or it is out of the person's scope.
        NotDisputed
    """
    asked = await _locked(tx, item)
    rules.check_settled(asked.number, disputed=asked.disputed)
    await store.settle(tx, asked, Settling(outcome, note, on, by))
    return _told(tx, asked, note, outcome)


async def _locked(tx: Transaction, item: UUID) -> OpenItem:
    asked = await ledger.item(tx, item)
    await Book.of_customers(tx, [asked.whose.customer])
    return await ledger.item(tx, item)  # as it is now that nobody else can


def _told(tx: Transaction, item: OpenItem, reason: str, outcome: Outcome | None) -> ItemDispute:
    where = item.whose
    event = DisputeChangedV1(
        unit=where.unit,
        item=item.item,
        invoice=item.document,
        invoice_number=item.number,
        customer=where.customer,
        company=where.company,
        rep=where.rep,
        disputed=outcome is None,
        reason=reason,
        outcome=outcome,
        open=item.open,
    )
    tx.announce(event, person=where.rep)
    return ItemDispute(
        item=item.item,
        invoice=item.document,
        invoice_number=item.number,
        disputed=outcome is None,
        open=item.open,
    )
