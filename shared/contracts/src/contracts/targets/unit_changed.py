"""A unit of the organisation was added or changed."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from kernel.events import Event


class UnitChangedV1(Event):
    """A unit as it is now; the company is the root of its tree."""

    type: ClassVar = "targets.unit-changed.v1"
    kind: ClassVar = "state"
    entity: ClassVar = "unit"

    key: str
    """What the source system calls it."""
    name: str
    level: str
    """`company`, `region`, `branch`, `team`, or the source's own word."""
    company: str
    parent: str | None
    currency: str
    """Of the company: what it reports in."""
    country: str | None = None
    active_from: date
    active_to: date | None = None
