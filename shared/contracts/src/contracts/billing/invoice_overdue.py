"""An invoice passed its due day unpaid."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from kernel.events import Event
from kernel.money import Money


class InvoiceOverdueV1(Event):
    """Told once per invoice, on the first day after the due day on which it is still open.

    An invoice in instalments is told of once for each, with what is open of that instalment.
    """

    type: ClassVar = "billing.invoice-overdue.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "invoice"

    invoice: UUID
    number: str
    customer: UUID
    company: str
    rep: UUID | None
    due_on: date
    overdue_days: int
    open: Money
    instalment: int = 1
