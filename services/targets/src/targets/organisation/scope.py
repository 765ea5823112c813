"""Whether a unit is the asking person's to change."""

from __future__ import annotations

from kernel.problems import NotYourUnit
from kernel.scope import Principal

EVERYWHERE = "*"


def check_scope(who: Principal, unit: str) -> None:
    """A unit in their scope, or any unit for whoever holds a role everywhere.

    Raises:
        NotYourUnit: it is neither.
    """
    if unit not in who.units and not any(at == EVERYWHERE for _, at in who.grants):
        raise NotYourUnit(unit)
