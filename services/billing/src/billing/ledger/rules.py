"""How documents are posted, and what a payment settles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from billing.ledger.model import (
    Account,
    Allocated,
    Document,
    Entry,
    Kind,
    OpenInvoice,
    Posting,
)
from kernel.money import Money
from kernel.problems import Refusal


@dataclass(eq=False)
class PaymentNotPositive(Refusal):
    """A payment is more than nothing."""

    code = "ledger.payment-not-positive"
    title = "A payment must be more than zero"
    amount: Money


@dataclass(eq=False)
class PaidInTheFuture(Refusal):
    """A payment cannot be of a day that has not come."""

    code = "ledger.paid-in-the-future"
    title = "The day of the payment has not come"
    paid_on: date
    today: date


@dataclass(eq=False)
class PaymentInOtherCurrency(Refusal):
    """The payment is not in the currency of what is owed."""

    code = "ledger.other-currency"
    title = "The payment is in another currency"
    expected: str
    given: str


@dataclass(eq=False)
class InvoiceOfOther(Refusal):
    """The invoice that the payment names belongs to another customer."""

    code = "ledger.invoice-of-other"
    title = "The invoice belongs to another customer"
    number: str


def invoice_of(delivery: UUID) -> UUID:
    """The invoice of a delivery: always the same one, however often we hear of it."""
    return uuid5(delivery, "invoice")


def credit_note_of(goods_return: UUID) -> UUID:
    """The credit note of a return."""
    return uuid5(goods_return, "credit-note")


def invoiced(invoice: Document) -> Posting:
    """An invoice: the customer owes the gross; it is revenue and tax, as given and exact.

    | receivable | revenue |  tax |
    |        116 |    -100 |  -16 |

    Source: BI4.
    """
    return _posting(
        invoice,
        (Account.RECEIVABLE, invoice.gross),
        (Account.REVENUE, -invoice.net),
        (Account.TAX, invoice.net - invoice.gross),
    )


def credited(note: Document) -> Posting:
    """A credit note takes revenue and tax back; what it settles is an allocation.

    | unallocated | revenue | tax |
    |        -116 |     100 |  16 |

    Source: BI4.
    """
    return _posting(
        note,
        (Account.UNALLOCATED, -note.gross),
        (Account.REVENUE, note.net),
        (Account.TAX, note.gross - note.net),
    )


def paid(payment: Document) -> Posting:
    """A payment is cash, and credit of the customer until it is allocated.

    | cash | unallocated |
    |  116 |        -116 |

    Source: BI4.
    """
    return _posting(payment, (Account.CASH, payment.gross), (Account.UNALLOCATED, -payment.gross))


def _posting(document: Document, *lines: tuple[Account, Money]) -> Posting:
    items = {Account.RECEIVABLE, Account.UNALLOCATED}
    entries = tuple(
        Entry(account, amount, document.id if account in items else None)
        for account, amount in lines
        if amount
    )
    return Posting(
        document.id, document.kind, document.id, document.whose, document.issued_on, entries
    )


def allocated(posting: UUID, credit: Document, part: Allocated) -> Posting:
    """An allocation is a fact of its own day: not before the payment, nor before the invoice.

    It belongs where the invoice belongs.

    | unallocated | receivable |
    |         116 |       -116 |

    Source: BI4.
    """
    invoice = part.invoice
    return Posting(
        posting,
        Kind.ALLOCATION,
        credit.id,
        invoice.whose,
        allocated_on(credit, invoice),
        (
            Entry(Account.UNALLOCATED, part.amount, credit.id),
            Entry(Account.RECEIVABLE, -part.amount, invoice.invoice),
        ),
    )


def allocated_on(credit: Document, invoice: OpenInvoice) -> date:
    """The day on which a payment or credit settles an invoice: its own, once there is one."""
    return max(credit.issued_on, invoice.issued_on)


def allocate(
    amount: Money,
    invoices: Iterable[OpenInvoice],
    first: UUID | None = None,
    *,
    only_first: bool = False,
) -> list[Allocated]:
    """A payment settles the invoice it names first, then the others, oldest due first.

    What is more than the debt settles nothing: it stays as unallocated credit. Of invoices due
    on the same day the one issued first goes first. Invoices in another currency are left alone.

    Args:
        only_first: settle nothing but the invoice named.

    Source: BI4.
    """
    same = [one for one in invoices if one.open.currency == amount.currency]
    wanted = [one for one in same if one.invoice == first or not only_first]
    parts, left = [], amount
    for invoice in sorted(wanted, key=lambda one: _turn(one, first)):
        part = min(left, invoice.open)
        if part.amount > 0:
            parts.append(Allocated(invoice, part))
            left -= part
    return parts


def _turn(invoice: OpenInvoice, first: UUID | None) -> tuple[bool, date, date, UUID]:
    return invoice.invoice != first, invoice.due_on, invoice.issued_on, invoice.invoice


def check_payment(amount: Money, paid_on: date, currency: str, today: date) -> Money:
    """A payment taken here is more than zero, in the customer's currency, and not of tomorrow.

    Returns:
        The amount, in whole minor units.

    Raises:
        PaymentNotPositive, PaymentInOtherCurrency, PaidInTheFuture, TooManyDecimals

    Source: BI4.

    >>> check_payment(mxn("10.5"), day("2026-03-02"), "MXN", today=day("2026-03-02"))
    Money('10.50 MXN')
    """
    if amount.amount <= 0:
        raise PaymentNotPositive(amount)
    if amount.currency != currency:
        raise PaymentInOtherCurrency(currency, amount.currency)
    if paid_on > today:
        raise PaidInTheFuture(paid_on, today)
    return amount.in_minor_units()
