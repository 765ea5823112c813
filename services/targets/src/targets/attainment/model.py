"""The things that attainment's rules speak of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from kernel.money import Money


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """What a document sold of one product, on however many of its lines."""

    product: str
    quantity: Decimal
    net: Decimal


@dataclass(frozen=True, slots=True)
class Document:
    """A fact that counts: an invoice, or a credit note with negative amounts.

    The header's amounts are authoritative; what lines don't explain is a difference.
    """

    id: UUID
    company: str
    unit: str
    rep: UUID | None
    customer: UUID
    number: str
    order: UUID | None
    order_number: str | None
    issued_on: date
    net: Money
    gross: Money
    event: UUID
    lines: Sequence[DocumentLine] = ()
    invoice: UUID | None = None
    """Of a credit note: the invoice that it takes back, in part or whole."""
    invoice_net: Decimal | None = None
