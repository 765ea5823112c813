"""Documents, what they owe, and how they are posted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from kernel.events import Origin
from kernel.money import Money


class Account(StrEnum):
    """The accounts of the ledger; a debit is positive, a credit negative."""

    RECEIVABLE = "receivable"
    UNALLOCATED = "unallocated"
    CASH = "cash"
    REVENUE = "revenue"
    TAX = "tax"


class Kind(StrEnum):
    """The kinds of documents; a posting is of one of them, or an allocation."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit-note"
    PAYMENT = "payment"
    ALLOCATION = "allocation"


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose business a document is: who owes, and who may see it."""

    customer: UUID
    company: str
    unit: str
    rep: UUID | None


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice, a credit note or a payment; amounts are positive."""

    id: UUID
    kind: Kind
    whose: Whose
    number: str
    issued_on: date
    net: Money
    gross: Money
    origin: Origin
    due_on: date | None = None
    order: UUID | None = None
    order_number: str | None = None
    invoice: UUID | None = None
    """Of a credit note: what it takes back from; of a payment: what it named."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a posting; `item` is the invoice owed, or the payment or credit left over."""

    account: Account
    amount: Money
    item: UUID | None = None


@dataclass(frozen=True, slots=True)
class Posting:
    """What happened on a day, as entries in one currency that balance."""

    id: UUID
    kind: Kind
    document: UUID
    whose: Whose
    dated_on: date
    entries: tuple[Entry, ...]

    def __post_init__(self) -> None:
        assert len({entry.amount.currency for entry in self.entries}) == 1, "one currency"
        assert sum(entry.amount.amount for entry in self.entries) == 0, "a posting balances"

    @property
    def currency(self) -> str:
        """The currency of all its entries."""
        return self.entries[0].amount.currency

    def change(self, account: Account) -> Decimal:
        """By how much it moves an account."""
        return sum((e.amount.amount for e in self.entries if e.account is account), Decimal(0))


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """What is still owed on an invoice."""

    invoice: UUID
    number: str
    whose: Whose
    order: UUID | None
    issued_on: date
    due_on: date
    open: Money


@dataclass(frozen=True, slots=True)
class Allocated:
    """Part of a payment or credit settles an invoice."""

    invoice: OpenInvoice
    amount: Money

    @property
    def open_after(self) -> Money:
        """What the invoice still owes."""
        return self.invoice.open - self.amount
