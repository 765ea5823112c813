"""Issuing documents, taking payments, and settling what is open with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from billing.causes import Causes, because
from billing.exposure import commands as exposure
from billing.exposure import queries as credit
from billing.exposure import store as accounts
from billing.exposure.book import Book, Opening
from billing.exposure.model import Order
from billing.exposure.store import AccountRow, Balance
from billing.ledger import events, rules, store
from billing.ledger.model import (
    Account,
    Allocated,
    Document,
    Kind,
    OpenInvoice,
    Posting,
    Whose,
)
from contracts.billing.ledger import Allocation, PaymentRecorded, RecordPayment
from contracts.customers.order_delivered import OrderDeliveredV1
from contracts.customers.order_returned import OrderReturnedV1
from contracts.lines import Lines
from kernel.database import Transaction
from kernel.ids import uuid7
from kernel.money import Money
from kernel.problems import NotFound
from kernel.scope import Principal

NOTHING_HEARD: Causes = {}


@dataclass(frozen=True, slots=True)
class Invoicing:
    """An invoice to issue, with the lines that the others are told."""

    document: Document
    lines: Lines = ()
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class Credit:
    """A payment or credit note to post; it settles `first`, or only that one, if it is said."""

    document: Document
    first: UUID | None = None
    only_first: bool = False


async def issue(
    tx: Transaction, book: Book, invoices: Sequence[Invoicing], heard: Causes = NOTHING_HEARD
) -> None:
    """Issue invoices: document, posting, balance and news, in this one transaction."""
    new = [invoicing.document for invoicing in invoices]
    disputed = frozenset(each.document.id for each in invoices if each.disputed)
    await store.add_documents(tx, new, disputed)
    await _post(tx, book, [rules.invoiced(document) for document in new if document.gross])
    for each in invoices:
        document = each.document
        with because(heard, document.id):
            tx.announce(events.invoice_issued(document, each.lines), person=document.whose.rep)


async def _post(
    tx: Transaction, book: Book, postings: Sequence[Posting], by: UUID | None = None
) -> None:
    await store.post(tx, postings, by)
    for posting in postings:
        change = Balance(
            receivable=posting.change(Account.RECEIVABLE),
            unallocated=-posting.change(Account.UNALLOCATED),
        )
        book.change(posting.whose.customer, posting.currency, change)


async def settle(
    tx: Transaction, book: Book, credits_: Sequence[Credit], by: UUID | None = None
) -> dict[UUID, list[Allocated]]:
    """Post payments and credit notes and let them settle what is open, in the order given.

    Returns:
        What each of them settled; the rest stays as unallocated credit.
    """
    whose = {each.document.whose.customer for each in credits_}
    work = _Settling(await store.open_invoices(tx, whose))
    for each in credits_:
        work.take(each)
    await store.add_documents(tx, [each.document for each in credits_])
    await _post(tx, book, work.postings, by)
    await store.reduce_items(tx, work.taken)
    return work.settled


@dataclass(slots=True)
class _Settling:
    """Open invoices by customer, while one credit after the other settles them."""

    open: dict[UUID, dict[UUID, OpenInvoice]]
    postings: list[Posting] = field(default_factory=list)
    taken: dict[UUID, Decimal] = field(default_factory=dict)
    settled: dict[UUID, list[Allocated]] = field(default_factory=dict)

    def take(self, credit_: Credit) -> None:
        document = credit_.document
        if document.gross:
            is_payment = document.kind is Kind.PAYMENT
            self.postings.append((rules.paid if is_payment else rules.credited)(document))
        invoices = self.open[document.whose.customer]
        parts = rules.allocate(
            document.gross, invoices.values(), credit_.first, only_first=credit_.only_first
        )
        for part in parts:
            self._allocate(document, part)
        self.settled[document.id] = parts

    def _allocate(self, document: Document, part: Allocated) -> None:
        invoice = part.invoice
        self.postings.append(rules.allocated(uuid7(), document, part))
        for item in (invoice.invoice, document.id):
            self.taken[item] = self.taken.get(item, Decimal(0)) + part.amount.amount
        left = replace(invoice, open=part.open_after)
        self.open[invoice.whose.customer][invoice.invoice] = left


async def invoice_deliveries(
    tx: Transaction, deliveries: Sequence[OrderDeliveredV1], heard: Causes, *, history: bool
) -> None:
    """Each delivery becomes an invoice, once; its order is committed by so much less.

    Returns that came before what was delivered are taken up.
    """
    book = await Book.open(tx, [_opening(each, history=history) for each in deliveries])
    by_invoice = {rules.invoice_of(each.delivery): each for each in deliveries}
    there = await store.documents_by_id(tx, list(by_invoice))
    new = {invoice: each for invoice, each in by_invoice.items() if invoice not in there}
    await exposure.deliver_orders(
        tx, book, [(_delivered(each), each.complete) for each in new.values()]
    )
    invoices = [_invoicing(tx, invoice, each) for invoice, each in new.items()]
    await issue(tx, book, invoices, heard)
    await book.save()
    await _take_up_returns(tx, [each.delivery for each in new.values()])


def _opening(delivery: OrderDeliveredV1, *, history: bool) -> Opening:
    return Opening(delivery.customer, delivery.company, delivery.gross.currency, history)


def _delivered(delivery: OrderDeliveredV1) -> Order:
    return Order(
        order=delivery.order,
        number=delivery.number,
        customer=delivery.customer,
        company=delivery.company,
        unit=delivery.unit,
        rep=delivery.rep,
        total=delivery.gross,
    )


def _invoicing(tx: Transaction, invoice: UUID, delivery: OrderDeliveredV1) -> Invoicing:
    document = Document(
        id=invoice,
        kind=Kind.INVOICE,
        whose=Whose(delivery.customer, delivery.company, delivery.unit, delivery.rep),
        number=delivery.number,
        issued_on=delivery.delivered_on,
        due_on=delivery.due_on,
        net=delivery.net,
        gross=delivery.gross,
        origin=tx.origin,
        order=delivery.order,
        order_number=delivery.number,
    )
    return Invoicing(document, delivery.lines)


async def credit_returns(
    tx: Transaction, returns: Sequence[OrderReturnedV1], heard: Causes = NOTHING_HEARD
) -> None:
    """Each return becomes a credit note, once: it settles its invoice, the rest is credit.

    A return that comes before its delivery waits for it.
    """
    invoices = await store.documents_by_id(tx, [rules.invoice_of(r.delivery) for r in returns])
    notes = await store.documents_by_id(
        tx, [rules.credit_note_of(each.goods_return) for each in returns]
    )
    ready = []
    for each in returns:
        invoice = invoices.get(rules.invoice_of(each.delivery))
        if invoice is None:
            body = each.model_dump_json()
            await store.wait_for_delivery(tx, each.goods_return, each.delivery, body)
        elif rules.credit_note_of(each.goods_return) not in notes:
            ready.append((each, invoice))
    await _credit(tx, ready, heard)


async def _credit(
    tx: Transaction, ready: Sequence[tuple[OrderReturnedV1, Document]], heard: Causes
) -> None:
    book = await Book.of_customers(tx, (invoice.whose.customer for _, invoice in ready))
    notes = [(_credit_note(tx, each, invoice), invoice, each.lines) for each, invoice in ready]
    await settle(
        tx, book, [Credit(note, first=invoice.id, only_first=True) for note, invoice, _ in notes]
    )
    await book.save()
    for note, invoice, lines in notes:
        event = events.credit_note_issued(note, invoice.net, lines)
        with because(heard, note.id):
            tx.announce(event, person=note.whose.rep)


def _credit_note(tx: Transaction, back: OrderReturnedV1, invoice: Document) -> Document:
    return Document(
        id=rules.credit_note_of(back.goods_return),
        kind=Kind.CREDIT_NOTE,
        whose=Whose(invoice.whose.customer, invoice.whose.company, back.unit, back.rep),
        number=back.number,
        issued_on=back.returned_on,
        net=back.net,
        gross=back.gross,
        origin=tx.origin,
        order=back.order,
        order_number=back.number,
        invoice=invoice.id,
    )


async def _take_up_returns(tx: Transaction, deliveries: Sequence[UUID]) -> None:
    came = tx.origin
    for row in await store.take_up(tx, deliveries):
        tx.origin = row["origin"]
        await credit_returns(tx, [OrderReturnedV1.model_validate_json(row["body"])])
    tx.origin = came


async def record_payment(
    tx: Transaction, asked: RecordPayment, who: Principal, *, today: date
) -> PaymentRecorded:
    """Take a payment: it settles the invoice it names, then what is due longest.

    Raises:
        NotFound: the customer or the invoice is not there, or out of the person's scope.
        InvoiceOfOther, PaymentNotPositive, PaymentInOtherCurrency, PaidInTheFuture
    """
    await credit.credit_of(tx, asked.customer)
    await accounts.settle_for(tx, asked.customer)
    book = await Book.of_customers(tx, [asked.customer])
    account = book.account(asked.customer)
    amount = rules.check_payment(asked.amount, asked.paid_on, account.currency, today)
    await _check_invoice(tx, asked)
    payment = _payment(asked, amount, account)
    settled = await settle(tx, book, [Credit(payment, asked.invoice)], who.person)
    await book.save()
    announce_payment(tx, payment, settled[payment.id])
    return _recorded(payment, settled[payment.id])


async def _check_invoice(tx: Transaction, asked: RecordPayment) -> None:
    if asked.invoice is None:
        return
    named = (await store.documents_by_id(tx, [asked.invoice])).get(asked.invoice)
    if named is None or named.kind is not Kind.INVOICE:
        raise NotFound("invoice", str(asked.invoice))
    if named.whose.customer != asked.customer:
        raise rules.InvoiceOfOther(named.number)


def _payment(asked: RecordPayment, amount: Money, account: AccountRow) -> Document:
    id_ = uuid7()
    return Document(
        id=id_,
        kind=Kind.PAYMENT,
        whose=Whose(account.customer, account.company, account.unit, account.owner),
        number=asked.reference or id_.hex[-8:].upper(),
        issued_on=asked.paid_on,
        net=amount,
        gross=amount,
        origin="live",
        invoice=asked.invoice,
    )


def announce_payment(tx: Transaction, payment: Document, parts: Iterable[Allocated]) -> None:
    """Tell that money came in, and what of it settles which invoice."""
    tx.announce(events.payment_received(payment), person=payment.whose.rep)
    for part in parts:
        event = events.payment_allocated(payment, part)
        tx.announce(event, person=part.invoice.whose.rep)


def _recorded(payment: Document, parts: Sequence[Allocated]) -> PaymentRecorded:
    currency = payment.gross.currency
    return PaymentRecorded(
        payment=payment.id,
        number=payment.number,
        amount=payment.gross,
        allocations=[
            Allocation(
                invoice=part.invoice.invoice,
                invoice_number=part.invoice.number,
                amount=part.amount,
                open_after=part.open_after,
            )
            for part in parts
        ],
        unallocated=payment.gross - Money.total((part.amount for part in parts), currency),
    )
