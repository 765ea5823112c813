"""Receivables: documents, payments and the account of a customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from contracts.billing.limits import APPROVERS, CreditAccount
from kernel.events import Message
from kernel.money import Money
from kernel.operations import EVERYONE, Command, Question

PostingKind = Literal[
    "invoice",
    "credit-note",
    "payment",
    "interest",
    "fee",
    "allocation",
    "deallocation",
    "reversal",
    "instalments",
    "write-off",
]
DocumentKind = Literal["invoice", "credit-note", "payment", "interest", "fee"]


class Document(Message):
    """An invoice, a charge, a credit note or a payment; all amounts are positive.

    `open` of an invoice is what is still owed on it; of a credit note or payment what of it is
    not matched to an invoice.
    """

    document: UUID
    kind: DocumentKind
    number: str
    legal_number: str | None
    """Given by its series a moment after the posting; an imported document has none."""
    company: str
    unit: str
    customer: UUID
    customer_number: str | None
    customer_name: str | None
    rep: UUID | None
    order: UUID | None
    order_number: str | None
    invoice: UUID | None
    """Of a credit note: the invoice it takes back from."""
    issued_on: date
    """Of a payment: the day it was paid."""
    due_on: date | None
    net: Money
    gross: Money
    open: Money
    disputed: bool = False
    """In part or whole."""
    instalments: int = 1
    tendered: Money | None = None
    """Of a payment in another currency: what was paid; `gross` is what that is worth."""
    reversed_on: date | None = None
    """Of a payment that was taken back: when."""
    reason: str = ""
    """Of a charge."""


class Documents(Message):
    """A page of documents, the latest first; `next` continues it."""

    items: Sequence[Document]
    next: str | None = None


class ListDocuments(Question[Documents]):
    """Documents in scope, of one customer or all, of one kind or all.

    With `overdue_on` only invoices that are still open and whose due day is before it, the
    longest overdue first.
    """

    operation: ClassVar = "billing.list-documents"
    answer: ClassVar = Documents
    roles: ClassVar = EVERYONE
    company: str | None = None
    customer: UUID | None = None
    order: UUID | None = None
    kind: DocumentKind | None = None
    open_only: bool = False
    overdue_on: date | None = None
    after: str | None = None
    limit: int = Field(default=50, ge=1, le=200)


class Movement(Message):
    """One line of a customer's account.

    A positive `amount` is what the customer came to owe, a negative one what reduced it; the
    amounts of all lines add up to `balance` of the account.
    """

    posting: UUID
    line: int
    dated_on: date
    kind: PostingKind
    document: UUID
    number: str
    part: Literal["receivable", "unallocated"]
    item: UUID
    """The invoice whose open amount changed, or the payment or credit that is left over."""
    item_number: str
    instalment: int = 1
    amount: Money


class CustomerAccount(Message):
    """The account of a customer: credit, balance, and a page of movements, the latest first."""

    credit: CreditAccount
    balance: Money
    """What the customer owes in all: receivable less unallocated."""
    movements: Sequence[Movement]
    next: str | None = None


class GetCustomerAccount(Question[CustomerAccount]):
    """The account of one customer."""

    operation: ClassVar = "billing.get-customer-account"
    answer: ClassVar = CustomerAccount
    roles: ClassVar = EVERYONE
    customer: UUID
    after: str | None = None
    limit: int = Field(default=50, ge=1, le=200)


class Allocation(Message):
    """Part of a payment that settles an invoice."""

    invoice: UUID
    """Or the charge."""
    invoice_number: str
    item: UUID
    """The instalment; the first bears the id of its invoice."""
    instalment: int = 1
    amount: Money
    open_after: Money


class PaymentRecorded(Message):
    """A payment as it was taken: what it settled, and what stays as unallocated credit."""

    payment: UUID
    number: str
    amount: Money
    """In the currency that is owed."""
    tendered: Money | None = None
    """What was paid, when that was in another currency."""
    allocations: Sequence[Allocation]
    unallocated: Money


class RecordPayment(Command[PaymentRecorded]):
    """Take a customer's payment: it settles `invoice` first, then by the company's rules.

    What is more than the debt stays as unallocated credit. One in a currency that the customer
    does not owe in is worth what the exchange rate of its day says.
    """

    operation: ClassVar = "billing.record-payment"
    answer: ClassVar = PaymentRecorded
    roles: ClassVar = APPROVERS
    customer: UUID
    amount: Money
    paid_on: date
    method: Literal["cash", "transfer"] = "transfer"
    reference: str = Field(default="", max_length=100)
    """What the bank or the receipt calls it; becomes the number of the payment."""
    invoice: UUID | None = None
    """An invoice, one instalment of it, or a charge."""
