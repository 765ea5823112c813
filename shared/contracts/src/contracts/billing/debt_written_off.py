"""A debt was given up."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from kernel.events import Event
from kernel.money import Money


class DebtWrittenOffV1(Event):
    """So much of an item is owed no more, without having been paid.

    Whoever counted the invoice for a commission may undo so much of it when it is bad debt.
    """

    type: ClassVar = "billing.debt-written-off.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "item"

    item: UUID
    """An invoice, one instalment of it, or a charge."""
    invoice: UUID
    invoice_number: str
    charge: bool
    """It was interest or a fee and no invoice."""
    order: UUID | None
    customer: UUID
    company: str
    rep: UUID | None
    written_off_on: date
    amount: Money
    bad_debt: bool
