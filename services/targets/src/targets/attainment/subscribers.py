"""Invoices and credit notes as they come in from billing."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.billing.credit_note_issued import CreditNoteIssuedV1
from contracts.billing.invoice_issued import InvoiceIssuedV1
from contracts.lines import Line
from kernel.clock import now
from kernel.context import following
from kernel.database import Transaction
from kernel.events import Received
from kernel.inbox import Subscriptions
from targets.attainment import commands
from targets.attainment.model import Document, DocumentLine
from targets.attainment.rules import by_product, taken_back

subscriptions = Subscriptions()


@subscriptions.on_many(InvoiceIssuedV1)
async def count_invoices(tx: Transaction, messages: Sequence[Received[InvoiceIssuedV1]]) -> None:
    """Each counts for its rep and its unit on the day it was issued."""
    live = {each.event.invoice: following(each) for each in messages if each.origin == "live"}
    await commands.count(tx, [invoice(each) for each in messages], live, now())


@subscriptions.on_many(CreditNoteIssuedV1)
async def count_credit_notes(
    tx: Transaction, messages: Sequence[Received[CreditNoteIssuedV1]]
) -> None:
    """Each counts against its rep and its unit, whether its invoice is here already or not."""
    live = {each.event.credit_note: following(each) for each in messages if each.origin == "live"}
    await commands.count(tx, [credit_note(each) for each in messages], live, now())


def invoice(message: Received[InvoiceIssuedV1]) -> Document:
    """The document of an invoice."""
    issued = message.event
    return Document(
        id=issued.invoice,
        company=issued.company,
        unit=issued.unit,
        rep=issued.rep,
        customer=issued.customer,
        number=issued.number,
        order=issued.order,
        order_number=issued.order_number,
        issued_on=issued.issued_on,
        net=issued.net,
        gross=issued.gross,
        event=message.id,
        lines=_lines(issued.lines),
    )


def credit_note(message: Received[CreditNoteIssuedV1]) -> Document:
    """The document of a credit note, with negative amounts."""
    issued = message.event
    note = Document(
        id=issued.credit_note,
        company=issued.company,
        unit=issued.unit,
        rep=issued.rep,
        customer=issued.customer,
        number=issued.number,
        order=issued.order,
        order_number=issued.order_number,
        issued_on=issued.issued_on,
        net=issued.net,
        gross=issued.gross,
        event=message.id,
        lines=_lines(issued.lines),
        invoice=issued.invoice,
        invoice_net=issued.invoice_net.amount,
    )
    return taken_back(note)


def _lines(lines: Sequence[Line]) -> list[DocumentLine]:
    return by_product(DocumentLine(line.product, line.quantity, line.net) for line in lines)
