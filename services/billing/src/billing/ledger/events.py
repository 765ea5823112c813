"""What we tell the others about documents and payments."""

from __future__ import annotations

from datetime import date

from billing.ledger.model import Allocated, Document, OpenItem
from contracts.billing.allocation_reversed import AllocationReversedV1
from contracts.billing.charge_issued import ChargeIssuedV1
from contracts.billing.credit_note_issued import CreditNoteIssuedV1
from contracts.billing.invoice_issued import InstalmentV1, InvoiceIssuedV1
from contracts.billing.payment_allocated import PaymentAllocatedV1
from contracts.billing.payment_received import PaymentReceivedV1
from contracts.billing.payment_reversed import PaymentReversedV1
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
        instalments=[
            InstalmentV1(due_on=part.due_on, amount=part.amount) for part in invoice.instalments
        ],
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
        tendered=payment.tendered,
    )


def payment_allocated(payment: Document, part: Allocated) -> PaymentAllocatedV1:
    """Part of a payment settles an invoice; it happened where the invoice is."""
    item = part.item
    return PaymentAllocatedV1(
        unit=item.whose.unit,
        payment=payment.id,
        invoice=item.document,
        invoice_number=item.number,
        order=item.order,
        customer=item.whose.customer,
        company=item.whose.company,
        rep=item.whose.rep,
        allocated_on=part.on,
        amount=part.amount,
        open_after=part.open_after,
    )


def allocation_reversed(
    payment: Document, item: OpenItem, amount: Money, on: date
) -> AllocationReversedV1:
    """Part of a payment settles an invoice no more."""
    return AllocationReversedV1(
        unit=item.whose.unit,
        payment=payment.id,
        invoice=item.document,
        invoice_number=item.number,
        order=item.order,
        customer=item.whose.customer,
        company=item.whose.company,
        rep=item.whose.rep,
        reversed_on=on,
        amount=amount,
    )


def payment_reversed(payment: Document, on: date, reason: str) -> PaymentReversedV1:
    """The money is not there after all."""
    return PaymentReversedV1(
        unit=payment.whose.unit,
        payment=payment.id,
        number=payment.number,
        customer=payment.whose.customer,
        company=payment.whose.company,
        reversed_on=on,
        amount=payment.gross,
        reason=reason,
    )


def charge_issued(charge: Document) -> ChargeIssuedV1:
    """The customer owes interest or a fee."""
    assert charge.due_on is not None
    return ChargeIssuedV1(
        unit=charge.whose.unit,
        charge=charge.id,
        charged=charge.kind.value,
        number=charge.number,
        invoice=charge.invoice,
        customer=charge.whose.customer,
        company=charge.whose.company,
        rep=charge.whose.rep,
        issued_on=charge.issued_on,
        due_on=charge.due_on,
        amount=charge.gross,
        reason=charge.reason,
    )
