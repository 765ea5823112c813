"""Bank statements: accounts, imports, what was matched, and the worklist of what was not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from contracts.gateway.files import FileReference
from kernel.events import Message
from kernel.money import Money
from kernel.operations import (
    ADMINISTRATOR,
    ANALYST,
    COLLECTOR,
    DIRECTOR,
    MANAGER,
    Command,
    Question,
)

CASHIERS = frozenset({COLLECTOR, MANAGER, DIRECTOR, ADMINISTRATOR})
"""Roles that may import statements and say whose money it is."""
READERS = CASHIERS | {ANALYST}
Column = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]

Format = Literal["camt.053", "ofx", "csv"]
EntryState = Literal["new", "matched", "open", "outgoing", "returned", "set-aside"]
"""Of an entry: waits for matching; is a payment of ours; waits for somebody to decide; is money
that we paid; was given back by the bank; has nothing to do with customers."""


class CsvMapping(Message):
    """Which column of a bank's CSV says what, and how it writes days and amounts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    booked_on: Column
    amount: Column | None = None
    """Signed: money that came in is positive."""
    money_in: Column | None = None
    money_out: Column | None = None
    """Two columns instead of `amount`, each with positive amounts."""
    value_on: Column | None = None
    id: Column | None = None
    """The bank's own name of the entry, when it gives one."""
    reference: Column | None = None
    text: Sequence[Column] = ()
    payer: Column | None = None
    payer_account: Column | None = None
    currency: Column | None = None
    balance: Column | None = None
    """The balance after each entry: with it a file that lacks a line is noticed."""
    day: Literal[
        "YYYY-MM-DD", "DD/MM/YYYY", "MM/DD/YYYY", "DD.MM.YYYY", "DD-MM-YYYY", "YYYYMMDD"
    ] = "YYYY-MM-DD"
    delimiter: Literal[",", ";", "\t", "|"] = ","
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ",", ".", " ", "'"] = ""
    encoding: Literal["utf-8", "cp1252", "utf-16"] = "utf-8"
    skip: int = Field(default=0, ge=0, le=100)
    """Lines before the one that names the columns."""

    @model_validator(mode="after")
    def _amounts_are_somewhere(self) -> CsvMapping:
        two = self.money_in is not None and self.money_out is not None
        if (self.amount is not None) == two:
            raise ValueError("either amount, or money_in and money_out")
        if self.decimal == self.thousands:
            raise ValueError("decimal and thousands are not the same sign")
        return self


class BankAccount(Message):
    """An account of the company at a bank, and how its statements are read."""

    account: UUID
    company: str
    unit: str
    number: str
    """IBAN, CLABE or account number, without spaces."""
    name: str
    currency: str
    mapping: CsvMapping | None
    automatic_from: Decimal
    """A match of at least this score (0 to 1) is booked without asking anybody."""


class PutBankAccount(Command[BankAccount]):
    """Make a bank account known, or change how its statements are read."""

    operation: ClassVar = "billing.put-bank-account"
    answer: ClassVar = BankAccount
    roles: ClassVar = frozenset({DIRECTOR, ADMINISTRATOR})
    company: str
    unit: str
    number: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z -]{4,40}$")]
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    currency: str
    mapping: CsvMapping | None = None
    automatic_from: Decimal = Field(default=Decimal("0.8"), gt=0, le=1)


class BankAccounts(Message):
    """Bank accounts in scope, by name."""

    items: Sequence[BankAccount]


class ListBankAccounts(Question[BankAccounts]):
    """The bank accounts in scope."""

    operation: ClassVar = "billing.list-bank-accounts"
    answer: ClassVar = BankAccounts
    roles: ClassVar = READERS


class Statement(Message):
    """A statement as it was imported, and what became of its entries."""

    statement: UUID
    account: UUID
    account_name: str
    company: str
    unit: str
    key: str
    """What the bank calls it; else made of its content."""
    format: Format
    file: FileReference
    from_on: date
    to_on: date
    opening: Money | None
    closing: Money | None
    entries: int
    """Entries of this statement that no earlier one had."""
    known: int
    """Entries that came with an earlier statement."""
    left_out: int
    """Entries that are not booked yet, or of nothing."""
    imported_by: UUID
    imported_at: datetime
    matched_at: datetime | None
    """When the last of its entries had been looked at."""
    states: dict[str, int]
    """How many of its entries are in which state."""
    new: bool = True
    """False when it had been imported before: then nothing was changed."""


class Statements(Message):
    """Statements in scope, the latest first; `next` continues the list."""

    items: Sequence[Statement]
    next: str | None = None


class ImportStatement(Command[Statements]):
    """Take a statement file in, whole or not at all; the same file again changes nothing.

    The file is uploaded to the gateway before. Which account it is of is said by the file; a
    CSV does not say it, so `account` does.
    """

    operation: ClassVar = "billing.import-statement"
    answer: ClassVar = Statements
    roles: ClassVar = CASHIERS
    company: str
    file: FileReference
    account: UUID | None = None


class ListStatements(Question[Statements]):
    """Imported statements in scope, the latest first."""

    operation: ClassVar = "billing.list-statements"
    answer: ClassVar = Statements
    roles: ClassVar = READERS
    account: UUID | None = None
    after: str | None = None
    limit: int = Field(default=50, ge=1, le=200)


class GetStatement(Question[Statement]):
    """One statement, and how far the matching of its entries is."""

    operation: ClassVar = "billing.get-statement"
    answer: ClassVar = Statement
    roles: ClassVar = READERS
    statement: UUID


class BankEntry(Message):
    """A line of a statement, and whose payment it is; money that came in is positive."""

    entry: UUID
    statement: UUID
    account: UUID
    company: str
    unit: str
    key: str
    booked_on: date
    value_on: date | None
    amount: Money
    reference: str | None
    text: str
    payer: str | None
    payer_account: str | None
    state: EntryState
    customer: UUID | None
    customer_name: str | None
    payment: UUID | None
    """The payment that it was booked as; of a returned one, the payment that was given back."""
    score: Decimal | None
    reason: str | None
    """Why it was matched, or why it was not: a code, as `invoice-and-amount`."""
    note: str | None
    decided_by: UUID | None
    """Who matched it; None when the rules did."""
    decided_at: datetime | None


class BankEntries(Message):
    """A page of entries, the oldest first; `next` continues it."""

    items: Sequence[BankEntry]
    next: str | None = None


class ListBankEntries(Question[BankEntries]):
    """Entries in scope; `state=open` is the worklist."""

    operation: ClassVar = "billing.list-bank-entries"
    answer: ClassVar = BankEntries
    roles: ClassVar = READERS
    state: EntryState | None = None
    account: UUID | None = None
    statement: UUID | None = None
    after: str | None = None
    limit: int = Field(default=50, ge=1, le=200)


class Suggestion(Message):
    """A customer whose payment the entry may be, and why."""

    customer: UUID
    customer_number: str | None
    customer_name: str | None
    invoices: Sequence[UUID]
    invoice_numbers: Sequence[str]
    open: Money | None
    """What these invoices still owe together."""
    score: Decimal
    reason: str


class Suggestions(Message):
    """Whose payment an entry may be, the likeliest first."""

    entry: UUID
    items: Sequence[Suggestion]


class SuggestMatches(Question[Suggestions]):
    """Whose payment an entry of the worklist may be."""

    operation: ClassVar = "billing.suggest-matches"
    answer: ClassVar = Suggestions
    roles: ClassVar = READERS
    entry: UUID


class MatchEntry(Command[BankEntry]):
    """Say whose payment an entry is: it settles the invoices named, then what is due longest."""

    operation: ClassVar = "billing.match-entry"
    answer: ClassVar = BankEntry
    roles: ClassVar = CASHIERS
    entry: UUID
    customer: UUID
    invoices: Sequence[UUID] = Field(default=(), max_length=200)


class SetEntryAside(Command[BankEntry]):
    """Say that an entry has nothing to do with customers: bank interest, own money moved."""

    operation: ClassVar = "billing.set-entry-aside"
    answer: ClassVar = BankEntry
    roles: ClassVar = CASHIERS
    entry: UUID
    reason: Reason


class ReturnPayment(Command[BankEntry]):
    """Say which payment an entry of the worklist gives back: its invoices are open again."""

    operation: ClassVar = "billing.return-payment"
    answer: ClassVar = BankEntry
    roles: ClassVar = CASHIERS
    entry: UUID
    payment: UUID


class UndoMatch(Command[BankEntry]):
    """Take a wrong match back: its payments are reversed, the entry is on the worklist again."""

    operation: ClassVar = "billing.undo-match"
    answer: ClassVar = BankEntry
    roles: ClassVar = CASHIERS
    entry: UUID
    reason: Reason
