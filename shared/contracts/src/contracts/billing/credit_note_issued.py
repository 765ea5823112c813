"""A credit note was issued against an invoice."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from contracts.lines import Lines
from kernel.events import Event
from kernel.money import Money


class CreditNoteIssuedV1(Event):
    """Part or all of an invoice is taken back; amounts are positive.

    Whoever counted the invoice undoes it in proportion, at the rates then used.
    """

    type: ClassVar = "billing.credit-note-issued.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "credit_note"

    credit_note: UUID
    number: str
    invoice: UUID
    order: UUID | None
    order_number: str | None
    customer: UUID
    company: str
    rep: UUID | None
    issued_on: date
    net: Money
    gross: Money
    invoice_net: Money
    """The net of the invoice, so that the part taken back is known without it."""
    lines: Lines
