"""What people do to the ledger: take payments, match them, take them back, charge."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from billing.exchange import queries as exchange
from billing.exchange.rules import worth
from billing.exposure import queries as credit
from billing.exposure import store as accounts
from billing.exposure.book import Book
from billing.ledger import events, rules, store
from billing.ledger.charges import charge_many
from billing.ledger.model import (
    Allocated,
    Charge,
    Document,
    Kind,
    Payment,
    Settles,
    Whose,
)
from billing.ledger.posting import (
    Credit,
    announce_payment,
    announce_taken_back,
    return_money,
    settle,
    take_back,
    whose_account,
)
from billing.periods import queries as periods
from billing.periods.rules import check_open
from contracts.billing.ledger import Allocation, PaymentRecorded, RecordPayment
from kernel.database import Transaction
from kernel.ids import uuid7
from kernel.money import Money
from kernel.problems import NotFound
from kernel.scope import Principal


async def record_payment(
    tx: Transaction, asked: RecordPayment, who: Principal, *, today: date
) -> PaymentRecorded:
    """Take a payment that somebody enters; see `take_payment`.

    Raises:
        NotFound: the customer or the invoice is not there, or out of the person's scope.
    """
    await credit.credit_of(tx, asked.customer)
    named = () if asked.invoice is None else (asked.invoice,)
    payment = Payment(asked.customer, asked.amount, asked.paid_on, asked.reference, Settles(named))
    return await take_payment(tx, payment, who.person, today=today)


async def take_payment(
    tx: Transaction, paid: Payment, by: UUID | None = None, *, today: date
) -> PaymentRecorded:
    """Take a payment: it settles what it names, then by the company's rules; the rest is credit.

    One in a currency that the customer does not owe in is worth what the rate of its day says.
    Whoever calls has checked that its person sees the customer.

    Raises:
        NotFound: what it names is not there.
        InvoiceOfOther, PaymentNotPositive, PaidInTheFuture, PeriodClosed, NoRate, TooManyDecimals
    """
    await accounts.settle_for(tx, paid.customer)
    book = await Book.of_customers(tx, [paid.customer])
    whose = whose_account(book, paid.customer)
    amount = rules.check_payment(paid.amount, paid.paid_on, today)
    check_open(paid.paid_on, await periods.first_open_day(tx, whose.company))
    payment = await _payment(tx, book, paid, amount, whose)
    settled = (await settle(tx, book, [Credit(payment, paid.settles)], by))[payment.id]
    await book.save()
    announce_payment(tx, payment, settled)
    return _recorded(payment, settled)


async def _payment(
    tx: Transaction, book: Book, paid: Payment, amount: Money, whose: Whose
) -> Document:
    owed_in = await _owed_in(tx, book, paid)
    given = amount.currency
    tendered, gross = None, amount
    if given != owed_in:
        rates = await exchange.rates(tx, whose.company, given, owed_in)
        tendered, gross = amount, worth(amount, rates.needed(paid.paid_on), owed_in)
    id_ = paid.id or uuid7()
    return Document(
        id=id_,
        kind=Kind.PAYMENT,
        whose=whose,
        number=paid.number or id_.hex[-8:].upper(),
        issued_on=paid.paid_on,
        net=gross,
        gross=gross,
        origin=tx.origin,
        invoice=paid.settles.named[0] if paid.settles.named else None,
        tendered=tendered,
    )


async def _owed_in(tx: Transaction, book: Book, paid: Payment) -> str:
    """The currency to settle in: of what is named, else the payment's if anything is owed in it."""
    items = (await store.open_items_of(tx, [paid.customer]))[paid.customer].values()
    for name in paid.settles.named:
        await _check_named(tx, name, paid.customer)
    named = set(paid.settles.named)
    for item in items:
        if {item.item, item.document} & named:
            return item.open.currency
    if any(item.open.currency == paid.amount.currency for item in items):
        return paid.amount.currency
    return book.account(paid.customer).currency


async def _check_named(tx: Transaction, name: UUID, customer: UUID) -> None:
    item = await store.item(tx, name)
    if item is None:
        raise NotFound("invoice", str(name))
    if item.whose.customer != customer:
        raise rules.InvoiceOfOther(item.number)


def _recorded(payment: Document, parts: Sequence[Allocated]) -> PaymentRecorded:
    currency = payment.gross.currency
    return PaymentRecorded(
        payment=payment.id,
        number=payment.number,
        amount=payment.gross,
        tendered=payment.tendered,
        allocations=allocations(parts),
        unallocated=payment.gross - Money.total((part.amount for part in parts), currency),
    )


def allocations(parts: Sequence[Allocated]) -> list[Allocation]:
    """What was settled, as people are shown it."""
    return [
        Allocation(
            invoice=part.item.document,
            invoice_number=part.item.number,
            item=part.item.item,
            instalment=part.item.nth,
            amount=part.amount,
            open_after=part.open_after,
        )
        for part in parts
    ]


async def charge(
    tx: Transaction,
    whose: Whose,
    kind: Kind,
    amount: Money,
    dated_on: date,
    due_on: date,
    reason: str,
    id_: UUID | None = None,
    *,
    invoice: UUID | None = None,
    by: UUID | None = None,
) -> Document:
    """Charge a customer interest or a fee: a receivable of its own.

    Whoever calls has checked that its person sees the customer.

    Raises:
        PeriodClosed, ChargeNotPositive
    """
    await accounts.settle_for(tx, whose.customer)
    book = await Book.of_customers(tx, [whose.customer])
    check_open(dated_on, await periods.first_open_day(tx, whose.company))
    asked = Charge(id_ or uuid7(), whose, kind, amount, dated_on, due_on, reason, invoice)
    await charge_many(tx, book, [asked], by)
    await book.save()
    return (await store.documents_by_id(tx, [asked.id]))[asked.id]


async def reverse_payment(
    tx: Transaction, payment: UUID, on: date, reason: str, by: UUID | None = None
) -> Document:
    """Take a payment back: what it settled is owed again, and the money is not there.

    Raises:
        NotFound: there is no such payment, or it is out of scope.
        AlreadyReversed, BeforeDocument, PeriodClosed
    """
    document = await visible(tx, payment, (Kind.PAYMENT,))
    book = await Book.of_customers(tx, [document.whose.customer])
    await _check_reversal(tx, document, on)
    back = await take_back(tx, book, document, on, by)
    await return_money(tx, book, document, on, by)
    await store.note_reversal(tx, document, on, reason, by)
    await book.save()
    announce_taken_back(tx, document, back)
    tx.announce(events.payment_reversed(document, on, reason), person=document.whose.rep)
    return document


async def visible(tx: Transaction, credit_: UUID, kinds: Collection[Kind]) -> Document:
    """A payment or credit note in scope; all of its customer's rows are open from now on.

    Raises:
        NotFound
    """
    document = (await store.documents_by_id(tx, [credit_])).get(credit_)
    if document is None or document.kind not in kinds:
        raise NotFound("payment", str(credit_))
    await accounts.settle_for(tx, document.whose.customer)
    return document


async def _check_reversal(tx: Transaction, payment: Document, on: date) -> None:
    if await store.reversed_on(tx, payment.id):
        raise rules.AlreadyReversed(payment.number)
    await _check_day(tx, payment, on)


async def _check_day(tx: Transaction, document: Document, on: date) -> None:
    if on < document.issued_on:
        raise rules.BeforeDocument(document.number, document.issued_on)
    check_open(on, await periods.first_open_day(tx, document.whose.company))
