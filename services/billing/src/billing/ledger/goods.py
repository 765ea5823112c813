"""What was delivered is invoiced, what came back is credited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from billing.causes import Causes, because
from billing.exposure import commands as exposure
from billing.exposure.book import Book, Opening
from billing.exposure.model import Order
from billing.ledger import events, rules, store
from billing.ledger.model import Document, Kind, Settles, Whose
from billing.ledger.posting import (
    NOTHING_HEARD,
    Credit,
    Invoicing,
    issue,
    match_credit,
    settle,
)
from billing.periods import queries as periods
from billing.periods.rules import dated
from contracts.customers.order_delivered import OrderDeliveredV1
from contracts.customers.order_returned import OrderReturnedV1
from kernel.database import Transaction


async def invoice_deliveries(
    tx: Transaction, deliveries: Sequence[OrderDeliveredV1], heard: Causes, *, history: bool
) -> None:
    """Each delivery becomes an invoice, once; its order is committed by so much less.

    Returns that came before what was delivered are taken up.
    """
    openings = [_opening(each, history=history) for each in deliveries]
    book = await Book.open(tx, openings)
    days = await periods.first_open_days(tx, {each.company for each in deliveries})
    by_invoice = {rules.invoice_of(each.delivery): each for each in deliveries}
    there = await store.documents_by_id(tx, list(by_invoice))
    new = {invoice: each for invoice, each in by_invoice.items() if invoice not in there}
    await exposure.deliver_orders(
        tx, book, [(_delivered(each), each.complete) for each in new.values()]
    )
    invoices = [
        _invoicing(tx, invoice, each, days.get(each.company)) for invoice, each in new.items()
    ]
    await issue(tx, book, invoices, heard)
    if not history:
        await match_credit(tx, book, [each.document for each in invoices])
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


def _invoicing(
    tx: Transaction, invoice: UUID, delivery: OrderDeliveredV1, first_open: date | None
) -> Invoicing:
    document = Document(
        id=invoice,
        kind=Kind.INVOICE,
        whose=Whose(delivery.customer, delivery.company, delivery.unit, delivery.rep),
        number=delivery.number,
        issued_on=dated(delivery.delivered_on, first_open),
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
    days = await periods.first_open_days(tx, {each.company for each, _ in ready})
    notes = [
        (_credit_note(tx, each, invoice, days.get(each.company)), invoice, each.lines)
        for each, invoice in ready
    ]
    only = [Credit(note, Settles((invoice.id,), only_named=True)) for note, invoice, _ in notes]
    await settle(tx, book, only)
    await book.save()
    for note, invoice, lines in notes:
        event = events.credit_note_issued(note, invoice.net, lines)
        with because(heard, note.id):
            tx.announce(event, person=note.whose.rep)


def _credit_note(
    tx: Transaction, back: OrderReturnedV1, invoice: Document, first_open: date | None
) -> Document:
    return Document(
        id=rules.credit_note_of(back.goods_return),
        kind=Kind.CREDIT_NOTE,
        whose=Whose(invoice.whose.customer, invoice.whose.company, back.unit, back.rep),
        number=back.number,
        issued_on=dated(back.returned_on, first_open),
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
