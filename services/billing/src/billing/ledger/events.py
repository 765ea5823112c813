"""What we tell the others about documents and payments."""

from __future__ import annotations

from billing.ledger import rules
from billing.ledger.model import Allocated, Document
from contracts.billing.credit_note_issued import CreditNoteIssuedV1
from contracts.billing.invoice_issued import InvoiceIssuedV1
from contracts.billing.payment_allocated import PaymentAllocatedV1
from contracts.billing.payment_received import PaymentReceivedV1
from contracts.lines import Lines
from kernel.money import Money


def invoice_issued(invoice: Document, lines: Lines) -> InvoiceIssuedV1:
    """An invoice, with all that a reader needs."""
    assert invoice.due_on is not None
    return InvoiceIssuedV1(
        unit=invoice.whose.unit,
        invoice=invoice.id,
        number=invoice.number,
        order=invoice.order,
        order_number=invoice.order_number,
        customer=invoice.whose.customer,
        company=invoice.whose.company,
        rep=invoice.whose.rep,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        net=invoice.net,
        gross=invoice.gross,
        lines=lines,
    )


def credit_note_issued(note: Document, invoice_net: Money, lines: Lines) -> CreditNoteIssuedV1:
    """A credit note, with the net of the invoice it takes back from."""
    assert note.invoice is not None
    return CreditNoteIssuedV1(
        unit=note.whose.unit,
        credit_note=note.id,
        number=note.number,
        invoice=note.invoice,
        order=note.order,
        order_number=note.order_number,
        customer=note.whose.customer,
        company=note.whose.company,
        rep=note.whose.rep,
        issued_on=note.issued_on,
        net=note.net,
        gross=note.gross,
        invoice_net=invoice_net,
        lines=lines,
    )


def payment_received(payment: Document) -> PaymentReceivedV1:
    """Money came in."""
    return PaymentReceivedV1(
        unit=payment.whose.unit,
        payment=payment.id,
        number=payment.number,
        customer=payment.whose.customer,
        company=payment.whose.company,
        paid_on=payment.issued_on,
        amount=payment.gross,
    )


def payment_allocated(payment: Document, part: Allocated) -> PaymentAllocatedV1:
    """Part of a payment settles an invoice; it happened where the invoice is."""
    invoice = part.invoice
    return PaymentAllocatedV1(
        unit=invoice.whose.unit,
        payment=payment.id,
        invoice=invoice.invoice,
        invoice_number=invoice.number,
        order=invoice.order,
        customer=invoice.whose.customer,
        company=invoice.whose.company,
        rep=invoice.whose.rep,
        allocated_on=rules.allocated_on(payment, invoice),
        amount=part.amount,
        open_after=part.open_after,
    )
