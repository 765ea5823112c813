"""A customer was charged interest or a fee."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from kernel.events import Event
from kernel.money import Money


class ChargeIssuedV1(Event):
    """The customer owes `amount` besides their invoices; it is no sale and earns no commission."""

    type: ClassVar = "billing.charge-issued.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "charge"

    charge: UUID
    charged: Literal["interest", "fee"]
    number: str
    invoice: UUID | None
    """Because of which invoice, if it is because of one."""
    customer: UUID
    company: str
    rep: UUID | None
    issued_on: date
    due_on: date
    amount: Money
    reason: str
