"""What is written on an open book: documents, their postings, and what settles what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from billing.causes import Causes, because
from billing.exchange import queries as exchange
from billing.exchange.rules import Rates, difference
from billing.exposure.book import Book
from billing.exposure.store import Balance
from billing.ledger import events, rules, store
from billing.ledger.model import (
    Account,
    Allocated,
    Document,
    Kind,
    OpenCredit,
    OpenItem,
    Policy,
    Posting,
    Settles,
    Standing,
    Whose,
)
from contracts.lines import Lines
from kernel.database import Transaction
from kernel.ids import uuid7
from kernel.money import Money

NOTHING_HEARD: Causes = {}
OLDEST = "oldest"
SETTLED = (Kind.ALLOCATION, Kind.DEALLOCATION, Kind.EXCHANGE)


@dataclass(frozen=True, slots=True)
class Invoicing:
    """An invoice to issue, with the lines that the others are told."""

    document: Document
    lines: Lines = ()
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class Credit:
    """A payment or credit note to post, and what it is to settle."""

    document: Document
    settles: Settles = rules.ANYTHING


async def post(
    tx: Transaction, book: Book, postings: Sequence[Posting], by: UUID | None = None
) -> None:
    """Post, and keep the balances of the customers."""
    await store.post(tx, postings, by)
    for posting in postings:
        change = Balance(
            receivable=posting.change(Account.RECEIVABLE),
            unallocated=-posting.change(Account.UNALLOCATED),
        )
        book.change(posting.whose.customer, posting.currency, change)


async def issue(
    tx: Transaction, book: Book, invoices: Sequence[Invoicing], heard: Causes = NOTHING_HEARD
) -> None:
    """Issue invoices: document, posting, balance and news, in this one transaction."""
    new = [invoicing.document for invoicing in invoices]
    disputed = frozenset(each.document.id for each in invoices if each.disputed)
    await store.add_documents(tx, new, disputed)
    await post(tx, book, [rules.invoiced(document) for document in new if document.gross])
    for each in invoices:
        document = each.document
        with because(heard, document.id):
            tx.announce(events.invoice_issued(document, each.lines), person=document.whose.rep)


async def settle(
    tx: Transaction, book: Book, credits_: Sequence[Credit], by: UUID | None = None
) -> dict[UUID, list[Allocated]]:
    """Post payments and credit notes and let them settle what is open, in the order given.

    Returns:
        What each of them settled; the rest stays as unallocated credit.
    """
    documents = [each.document for each in credits_]
    work = await _settling(tx, documents)
    for each in credits_:
        document = each.document
        if document.gross:
            is_payment = document.kind is Kind.PAYMENT
            work.postings += rules.paid(document) if is_payment else [rules.credited(document)]
        work.take(OpenCredit(document, document.gross, document.issued_on), each.settles)
    await store.add_documents(tx, documents)
    return await _keep(tx, book, work, by)


async def match(
    tx: Transaction,
    book: Book,
    credits_: Sequence[tuple[OpenCredit, Settles]],
    by: UUID | None = None,
) -> dict[UUID, list[Allocated]]:
    """Let what is left of payments and credit notes settle what is open, in the order given."""
    work = await _settling(tx, [credit.document for credit, _ in credits_])
    for credit, how in credits_:
        work.take(credit, how)
    return await _keep(tx, book, work, by)


async def match_credit(tx: Transaction, book: Book, invoices: Sequence[Document]) -> None:
    """What customers have left settles their new invoices, the oldest credit first, and is told.

    A company whose payments settle nothing by themselves keeps its credits as they are.
    """
    new: dict[UUID, list[UUID]] = {}
    for invoice in invoices:
        if _has_credit(book, invoice):
            new.setdefault(invoice.whose.customer, []).append(invoice.id)
    if not new:
        return
    credits_ = await store.open_credits(tx, new)
    kept = await store.policies(tx, {one.document.whose.company for one in credits_})
    by_rule = [
        (one, Settles(tuple(new[one.document.whose.customer]), only_named=True))
        for one in credits_
        if OLDEST in kept.get(one.document.whose.company, rules.POLICY).rules
    ]
    settled = await match(tx, book, by_rule)
    for one, _ in by_rule:
        announce_allocations(tx, one.document, settled[one.document.id])


def _has_credit(book: Book, invoice: Document) -> bool:
    exposure = book.exposure(invoice.whose.customer)
    return bool(exposure.unallocated) or exposure.currency != invoice.gross.currency


async def _keep(
    tx: Transaction, book: Book, work: _Settling, by: UUID | None
) -> dict[UUID, list[Allocated]]:
    await post(tx, book, work.postings, by)
    await store.reduce_items(tx, work.taken)
    return work.settled


Pair = tuple[str, str, str]
"""Company, currency that was paid with, currency that is owed."""


async def _settling(tx: Transaction, credits_: Sequence[Document]) -> _Settling:
    items = await store.open_items_of(tx, {one.whose.customer for one in credits_})
    policies = await store.policies(tx, {one.whose.company for one in credits_})
    pairs = {pair for one in credits_ if (pair := _pair(one))}
    return _Settling(items, policies, {pair: await exchange.rates(tx, *pair) for pair in pairs})


def _pair(credit: Document) -> Pair | None:
    if credit.tendered is None:
        return None
    return credit.whose.company, credit.tendered.currency, credit.gross.currency


@dataclass(slots=True)
class _Settling:
    """Open items by customer, while one credit after the other settles them."""

    open: dict[UUID, dict[UUID, OpenItem]]
    policies: dict[str, Policy]
    rates: dict[Pair, Rates]
    postings: list[Posting] = field(default_factory=list)
    taken: dict[UUID, Decimal] = field(default_factory=dict)
    settled: dict[UUID, list[Allocated]] = field(default_factory=dict)

    def take(self, credit: OpenCredit, how: Settles) -> None:
        document = credit.document
        items = list(self.open[document.whose.customer].values())
        rates = self._rates(document)
        if rates:  # of a day without a rate nobody could say what was won or lost
            items = [one for one in items if rates.on(one.issued_on)]
        policy = self.policies.get(document.whose.company, rules.POLICY)
        parts = [
            replace(part, on=rules.allocated_on(credit.free_from, part.item))
            for part in rules.allocate(credit.left, items, how, policy)
        ]
        for part in parts:
            self._allocate(document, part, rates)
        self.settled.setdefault(document.id, []).extend(parts)

    def _rates(self, document: Document) -> Rates | None:
        pair = _pair(document)
        return None if pair is None else self.rates[pair]

    def _allocate(self, document: Document, part: Allocated, rates: Rates | None) -> None:
        item = part.item
        posting = rules.allocated(uuid7(), document, part)
        self.postings.append(posting)
        if rates and (gained := _gained(document, part, rates)):
            self.postings.append(rules.exchanged(posting, gained))
        for of in (item.item, document.id):
            self.taken[of] = self.taken.get(of, Decimal(0)) + part.amount.amount
        left = replace(item, open=item.open - part.amount)
        self.open[item.whose.customer][item.item] = left


def _gained(payment: Document, part: Allocated, rates: Rates) -> Money:
    """What the rate's move since the invoice gained on this part of a payment."""
    assert payment.tendered is not None
    paid_at = payment.gross.amount / payment.tendered.amount
    issued_at = rates.needed(part.item.issued_on)
    return difference(part.amount, payment.tendered.currency, paid_at, issued_at)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a credit had settled and does no more."""

    item: OpenItem
    amount: Money
    """What is owed again."""
    on: date


async def take_back(
    tx: Transaction, book: Book, credit: Document, on: date, by: UUID | None = None
) -> list[TakenBack]:
    """Take back all that a payment or credit note settled; it is unallocated credit again.

    Nothing is taken back before the day on which it was settled.
    """
    standing = await store.standing(tx, credit.id, SETTLED)
    settled = [one for one in standing if one.entry.account is Account.RECEIVABLE]
    postings = [rules.deallocated(uuid7(), credit.id, one, on) for one in settled]
    await post(tx, book, postings + _unexchanged(credit, standing, on), by)
    return await _reopen(tx, credit, settled, on)


def _unexchanged(credit: Document, standing: Sequence[Standing], on: date) -> list[Posting]:
    differences: dict[tuple[Whose, str], list[Standing]] = {}
    for one in standing:
        if one.entry.account in {Account.EXCHANGE, Account.EXCHANGE_DIFFERENCE}:
            key = (one.whose, one.entry.amount.currency)
            differences.setdefault(key, []).append(one)
    return [
        rules.mirrored(uuid7(), Kind.EXCHANGE, credit.id, group, on)
        for group in differences.values()
    ]


async def _reopen(
    tx: Transaction, credit: Document, settled: Sequence[Standing], on: date
) -> list[TakenBack]:
    again = [(one.item, -one.entry.amount.amount, max(on, one.last_on)) for one in settled]
    if again:
        total = sum((amount for _, amount, _ in again), Decimal(0))
        last = max(day for *_, day in again)
        await store.reopen_items(tx, [*again, (credit.id, total, last)])
    customer = credit.whose.customer
    items = (await store.open_items_of(tx, [customer]))[customer]
    currency = credit.gross.currency
    return [TakenBack(items[item], Money(amount, currency), day) for item, amount, day in again]


async def return_money(
    tx: Transaction, book: Book, payment: Document, on: date, by: UUID | None = None
) -> None:
    """The money of a payment that settles nothing (any more) is not there."""
    posted = await store.standing(tx, payment.id, [Kind.PAYMENT])
    by_currency: dict[str, list[Standing]] = {}
    for one in posted:
        by_currency.setdefault(one.entry.amount.currency, []).append(one)
    postings = [
        rules.mirrored(uuid7(), Kind.REVERSAL, payment.id, group, on)
        for group in by_currency.values()
    ]
    await post(tx, book, postings, by)
    await store.reduce_items(tx, {payment.id: payment.gross.amount})


def announce_taken_back(tx: Transaction, payment: Document, back: Iterable[TakenBack]) -> None:
    """Tell which invoices a payment settles no more."""
    for one in back:
        if payment.kind is Kind.PAYMENT and one.item.kind is Kind.INVOICE:
            event = events.allocation_reversed(payment, one.item, one.amount, one.on)
            tx.announce(event, person=one.item.whose.rep)


def announce_allocations(tx: Transaction, payment: Document, parts: Iterable[Allocated]) -> None:
    """Tell what of a payment settles which invoice; charges and credit notes are not told of."""
    for part in parts:
        if payment.kind is Kind.PAYMENT and part.item.kind is Kind.INVOICE:
            event = events.payment_allocated(payment, part)
            tx.announce(event, person=part.item.whose.rep)


def announce_payment(tx: Transaction, payment: Document, parts: Iterable[Allocated]) -> None:
    """Tell that money came in, and what of it settles which invoice."""
    tx.announce(events.payment_received(payment), person=payment.whose.rep)
    announce_allocations(tx, payment, parts)


def whose_account(book: Book, customer: UUID) -> Whose:
    """Whose business the account of a customer is."""
    account = book.account(customer)
    return Whose(customer, account.company, account.unit, account.owner)
