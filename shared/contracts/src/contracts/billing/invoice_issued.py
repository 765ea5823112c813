"""An invoice was issued."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar
from uuid import UUID

from contracts.lines import Lines
from kernel.events import Event, Message
from kernel.money import Money


class InstalmentV1(Message):
    """Part of an invoice that is due on a day of its own."""

    due_on: date
    amount: Money


class InvoiceIssuedV1(Event):
    """The customer owes `gross`; targets counts `net` for the rep and the unit on `issued_on`."""

    type: ClassVar = "billing.invoice-issued.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "invoice"

    invoice: UUID
    number: str
    """The source's own number, or the order's; the legal number follows by series."""
    order: UUID | None
    order_number: str | None
    customer: UUID
    company: str
    rep: UUID | None
    issued_on: date
    due_on: date
    net: Money
    gross: Money
    lines: Lines
    instalments: Sequence[InstalmentV1] = ()
    """None is one, of the gross, on the due day."""
