"""The things that commissions' rules speak of."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from kernel.period import Period

INVOICED_NET = "invoiced-net"


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """What a person earns on what is invoiced for them, during a range of days."""

    id: UUID
    company: str
    unit: str
    key: str
    person: UUID
    rate: Decimal
    """A fraction: 0.012 is 1.2 %."""
    valid: Period
    basis: str = INVOICED_NET


@dataclass(frozen=True, slots=True)
class Line:
    """One amount earned, with its working: basis x rate, exact."""

    document: UUID
    person: UUID
    plan: UUID
    rule: str
    basis: Decimal
    rate: Decimal
    amount: Decimal
