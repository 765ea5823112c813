"""The things the plan's rules speak of."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from kernel.money import Money
from kernel.period import Period


@dataclass(frozen=True, slots=True)
class Quota:
    """What a person is to sell in a period; `unit` is where they are placed when it begins."""

    id: UUID
    company: str
    unit: str
    person: UUID
    key: str | None
    period: Period
    target: Money
