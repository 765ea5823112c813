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
    INTEREST_AND_FEES = "interest-and-fees"
    WRITE_OFF = "write-off"
    BAD_DEBT = "bad-debt"
    EXCHANGE = "exchange"
    """What was changed from one currency into another: it stands in both of them."""
    EXCHANGE_DIFFERENCE = "exchange-difference"


class Kind(StrEnum):
    """The kinds of documents, and what else is posted about them."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit-note"
    PAYMENT = "payment"
    INTEREST = "interest"
    FEE = "fee"
    ALLOCATION = "allocation"
    DEALLOCATION = "deallocation"
    REVERSAL = "reversal"
    INSTALMENTS = "instalments"
    WRITE_OFF = "write-off"
    EXCHANGE = "exchange"


OWED = frozenset({Kind.INVOICE, Kind.INTEREST, Kind.FEE})
"""Documents that a customer owes; the others are credit."""


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose business a document is: who owes, and who may see it."""

    customer: UUID
    company: str
    unit: str
    rep: UUID | None


@dataclass(frozen=True, slots=True)
class Instalment:
    """Part of an invoice that is due on a day of its own; what a credit is has no due day."""

    due_on: date | None
    amount: Money

    @property
    def day(self) -> date:
        """The due day of what is owed."""
        assert self.due_on is not None, "what is owed is due on a day"
        return self.due_on


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice, a charge, a credit note or a payment; amounts are positive."""

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
    """Of a credit note: what it takes back from; of a payment: what it named; of a charge: why."""
    instalments: tuple[Instalment, ...] = ()
    """None is one, of the gross, on the due day."""
    tendered: Money | None = None
    """Of a payment in another currency: what was paid; `gross` is what that is worth."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Charge:
    """Interest or a fee to charge: a receivable of its own, whatever becomes of its cause."""

    id: UUID
    whose: Whose
    kind: Kind
    amount: Money
    dated_on: date
    due_on: date
    reason: str
    invoice: UUID | None = None
    """Because of which invoice, if it is because of one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a posting; `item` is what is owed, or the payment or credit left over."""

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
class OpenItem:
    """What is still owed on an invoice, on one instalment of it, or on a charge."""

    item: UUID
    document: UUID
    kind: Kind
    number: str
    whose: Whose
    order: UUID | None
    issued_on: date
    due_on: date
    open: Money
    open_from: date
    """Since when it can be settled: its day of issue, or the day on which it was opened again."""
    disputed: bool = False
    nth: int = 1


@dataclass(frozen=True, slots=True)
class OpenCredit:
    """What is left of a payment or a credit note."""

    document: Document
    left: Money
    free_from: date
    """Since when it can settle: its own day, or the day on which it was taken back."""


@dataclass(frozen=True, slots=True)
class Allocated:
    """Part of a payment or credit settles an item."""

    item: OpenItem
    amount: Money
    open_after: Money
    """What is still owed on all of the document."""
    on: date = date.min
    """The day of it."""


@dataclass(frozen=True, slots=True)
class Settles:
    """What a payment names: items or invoices in this order, and whether nothing else."""

    named: tuple[UUID, ...] = ()
    only_named: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """How a company allocates what names nothing: which rules, in which order.

    A rule that is left out settles nothing; without `oldest` the rest stays as credit.
    """

    rules: tuple[str, ...] = ("exact", "priority", "oldest")
    priority: tuple[Kind, ...] = (Kind.INTEREST, Kind.FEE)
    """Which kinds go before the others, in this order."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What entries of one kind come to by now, and the last day on which they changed."""

    whose: Whose
    entry: Entry
    last_on: date

    @property
    def item(self) -> UUID:
        """The item that it is about."""
        assert self.entry.item is not None
        return self.entry.item


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that a customer paid, in whatever currency."""

    customer: UUID
    amount: Money
    paid_on: date
    number: str = ""
    """What the bank or the receipt calls it."""
    settles: Settles = Settles()
    id: UUID | None = None
    """So that one that comes twice is known again."""


@dataclass(frozen=True, slots=True)
class Part:
    """So much of a credit is to settle this item; without an amount as much as there is."""

    item: UUID
    amount: Money | None = None
