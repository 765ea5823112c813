"""Who may decide how much."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.money import Money


@dataclass(frozen=True, slots=True)
class Authority:
    """Up to how much a role may decide, in one currency; None is without an upper bound."""

    role: str
    currency: str
    amount: Money | None
