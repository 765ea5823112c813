"""Receivables were handed over to a collection agency."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from kernel.events import Event
from kernel.money import Money


class HandedToAgencyV1(Event):
    """From now on the agency asks for this money, and we do not."""

    type: ClassVar = "billing.handed-to-agency.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "agency_case"

    agency_case: UUID
    customer: UUID
    customer_number: str | None
    company: str
    rep: UUID | None
    """Whose customer it is."""
    agency: str
    handed_on: date
    amount: Money
