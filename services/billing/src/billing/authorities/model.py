"""Who may decide how much."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from kernel.money import Money


@dataclass(frozen=True, slots=True)
class Authority:
    """Up to how much a role may decide, in one currency; None is without an upper bound."""

    role: str
    currency: str
    amount: Money | None
    second_above: Money | None = None
    """Above it a second person has to agree; None needs none."""


class Reach(IntEnum):
    """Whether an amount is within somebody's authority."""

    NOT = 0
    WITH_ANOTHER = 1
    """It is, when a second person agrees."""
    ALONE = 2
