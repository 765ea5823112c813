"""Taking invoices and payments from another system, a batch at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar
from uuid import UUID

from billing.customers import queries as customers
from billing.exposure.book import Book
from billing.imports import rules
from billing.imports.rules import Known
from billing.ledger import posting as ledger
from billing.ledger import store
from billing.ledger.model import Document, Settles
from billing.ledger.posting import Credit, Invoicing
from billing.organisation import queries as organisation
from billing.periods import queries as periods
from billing.periods.rules import check_open
from contracts.billing.imports import ImportInvoices, ImportPayments, InvoiceRecord, PaymentRecord
from contracts.imports import ImportAnswer, RefusedRow
from kernel.database import Transaction
from kernel.ids import imported_id
from kernel.problems import NotFound, Refusal, say
from kernel.scope import Principal

R = TypeVar("R", InvoiceRecord, PaymentRecord)


@dataclass(slots=True)
class _Sorted:
    """The rows of a batch: what is new, what was there, what was refused."""

    locale: str
    there: dict[UUID, Document]
    first_open: date | None
    new: dict[UUID, Document] = field(default_factory=dict)
    same: set[UUID] = field(default_factory=set)
    again: int = 0
    """Rows that say what an earlier row of the same batch said."""
    refused: list[RefusedRow] = field(default_factory=list)

    def sort(self, records: Sequence[R], read: Callable[[R], Document]) -> None:
        for index, record in enumerate(records):
            try:
                self._take(read(record))
            except Refusal as no:
                self.refused.append(_refused(index, record.key, no, self.locale))

    def _take(self, document: Document) -> None:
        before = self.there.get(document.id) or self.new.get(document.id)
        if before is None:
            check_open(document.issued_on, self.first_open)
            self.new[document.id] = document
            return
        rules.check_same(before, document)
        if document.id in self.there and document.id not in self.same:
            self.same.add(document.id)
        else:
            self.again += 1


def _refused(index: int, key: str, no: Refusal, locale: str) -> RefusedRow:
    title, detail = say(no, locale)
    return RefusedRow(index=index, key=key, code=no.code, detail=detail or title)


async def import_invoices(tx: Transaction, asked: ImportInvoices, who: Principal) -> ImportAnswer:
    """Take invoices as they were issued elsewhere; the second time nothing happens.

    Nothing new is taken into a closed period.

    Whether an invoice is disputed may change, nothing else of it.
    """
    tx.origin = "import"
    ids = [imported_id(asked.company, "invoice", record.key) for record in asked.records]
    known = await _known(tx, asked.company, who, asked.records)
    work = _Sorted(who.locale, await store.documents_by_id(tx, ids), known.first_open)
    work.sort(asked.records, lambda record: rules.invoice(record, known))
    disputed = {id_: record.disputed for id_, record in zip(ids, asked.records, strict=True)}
    book = await Book.of_customers(tx, (one.whose.customer for one in work.new.values()))
    await ledger.issue(
        tx, book, [Invoicing(one, disputed=disputed[one.id]) for one in work.new.values()]
    )
    await book.save()
    changed = await _dispute(tx, {id_: disputed[id_] for id_ in work.same})
    return _answer(work, changed)


async def _dispute(tx: Transaction, now: dict[UUID, bool]) -> int:
    before = await store.disputed(tx, list(now))
    changed = {id_: is_ for id_, is_ in now.items() if is_ != (id_ in before)}
    await store.dispute(tx, changed)
    return len(changed)


async def import_payments(tx: Transaction, asked: ImportPayments, who: Principal) -> ImportAnswer:
    """Take payments as they were made elsewhere; one that names an invoice settles only that."""
    tx.origin = "import"
    ids = [imported_id(asked.company, "payment", record.key) for record in asked.records]
    known = await _known(tx, asked.company, who, asked.records)
    invoices = await store.documents_by_id(tx, _invoices(asked))
    work = _Sorted(who.locale, await store.documents_by_id(tx, ids), known.first_open)
    work.sort(asked.records, lambda record: rules.payment(record, known, invoices))
    payments = sorted(work.new.values(), key=lambda one: one.issued_on)
    book = await Book.of_customers(tx, (one.whose.customer for one in payments))
    settled = await ledger.settle(tx, book, [_credit(one) for one in payments])
    await book.save()
    for payment in payments:
        ledger.announce_payment(tx, payment, settled[payment.id])
    return _answer(work)


def _credit(payment: Document) -> Credit:
    if payment.invoice is None:
        return Credit(payment)
    return Credit(payment, Settles((payment.invoice,), only_named=True))


def _invoices(asked: ImportPayments) -> list[UUID]:
    keys = {record.invoice for record in asked.records if record.invoice is not None}
    return [imported_id(asked.company, "invoice", key) for key in keys]


async def _known(
    tx: Transaction,
    company: str,
    who: Principal,
    records: Iterable[InvoiceRecord | PaymentRecord],
) -> Known:
    if company not in who.units:
        raise NotFound("company", company)
    named = {record.customer for record in records}
    reps = {rep for record in records if (rep := getattr(record, "rep", None)) is not None}
    cards = await customers.visible(tx, {imported_id(company, "customer", one) for one in named})
    people = {imported_id(company, "person", one) for one in reps}
    return Known(
        company=company,
        units=await organisation.known_units(tx, company) & set(who.units) | {company},
        people=await organisation.known_people(tx, people),
        customers={card.customer: card.unit for card in cards.values()},
        first_open=await periods.first_open_day(tx, company),
    )


def _answer(work: _Sorted, changed: int = 0) -> ImportAnswer:
    return ImportAnswer(
        added=len(work.new),
        changed=changed,
        unchanged=len(work.same) - changed + work.again,
        refused=tuple(work.refused),
    )
