"""Statements and their entries, and what speaks for a customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from kernel.money import Money


@dataclass(frozen=True, slots=True)
class Entry:
    """A booked line of a statement; money that came in is positive."""

    booked_on: date
    amount: Money
    id: str | None = None
    """What the bank calls it: unique at that bank, and the same in every file."""
    value_on: date | None = None
    reference: str | None = None
    """The payer's own reference, end to end."""
    text: str = ""
    payer: str | None = None
    payer_account: str | None = None
    returned: bool = False
    """The bank says that it gives a payment back."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a file says of one account and a range of days."""

    account: str | None
    """Its number; a CSV does not say it."""
    currency: str
    entries: tuple[Entry, ...]
    key: str | None = None
    from_on: date | None = None
    to_on: date | None = None
    opening: Money | None = None
    closing: Money | None = None
    left_out: int = 0
    """Entries that are not booked yet, or of nothing."""


@dataclass(frozen=True, slots=True)
class Owed:
    """An open invoice that an entry may be the payment of."""

    invoice: UUID
    customer: UUID
    number: str
    open: Money


@dataclass(frozen=True, slots=True)
class Clues:
    """What is known of an entry: each clue points at customers."""

    named: tuple[Owed, ...] = ()
    """Open invoices whose number the entry bears."""
    settled: frozenset[UUID] = frozenset()
    """Customers whose invoice it bears that is settled already."""
    numbered: frozenset[UUID] = frozenset()
    """Customers whose own number it bears."""
    payers: frozenset[UUID] = frozenset()
    """Customers who paid from the same account before."""
    same_amount: tuple[Owed, ...] = ()
    """Open invoices of exactly this amount."""
    same_name: frozenset[UUID] = frozenset()
    """Customers who are called as the payer."""


@dataclass(frozen=True, slots=True)
class Match:
    """Whose payment an entry may be, which invoices it settles first, how sure that is and why."""

    customer: UUID
    invoices: tuple[Owed, ...]
    score: Decimal
    reason: str
