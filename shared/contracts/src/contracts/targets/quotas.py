"""Quotas: what a person is to sell in a period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from contracts.targets.organisation import Limit
from kernel.events import Message
from kernel.money import Money
from kernel.operations import (
    ADMINISTRATOR,
    ANALYST,
    DIRECTOR,
    EVERYONE,
    MANAGER,
    Command,
    Page,
    Question,
)

PLANNERS = frozenset({MANAGER, ANALYST, DIRECTOR, ADMINISTRATOR})
"""Who may plan."""


class Quota(Message):
    """A target of one person; `unit` is where they are placed when the period begins."""

    quota: UUID
    key: str | None
    company: str
    unit: str
    person: UUID
    name: str
    period_start: date
    period_end: date | None
    """The first day after the period; None while it is open."""
    target: Money


class SetQuota(Command[Quota]):
    """Set the target of a person for a period; the same period again changes the target."""

    operation: ClassVar = "targets.set-quota"
    answer: ClassVar = Quota
    roles: ClassVar = PLANNERS
    person: UUID
    period_start: date
    period_end: date | None = None
    target: Money


class Share(Message):
    """One person's part of a total, in proportion to the weight."""

    person: UUID
    weight: Annotated[Decimal, Field(ge=0, le=1_000_000)]


class Split(Message):
    """The quotas that a total became; they add up to it, to the minor unit."""

    total: Money
    quotas: Sequence[Quota]


class SplitTarget(Command[Split]):
    """Split a total over persons by weight, and set each part as the person's quota."""

    operation: ClassVar = "targets.split-target"
    answer: ClassVar = Split
    roles: ClassVar = PLANNERS
    period_start: date
    period_end: date | None = None
    total: Money
    shares: Annotated[Sequence[Share], Field(min_length=1, max_length=1000)]


class ListQuotas(Question[Page[Quota]]):
    """The quotas in scope by period and person; `on`: those whose period contains the day."""

    operation: ClassVar = "targets.list-quotas"
    answer: ClassVar = Page[Quota]
    roles: ClassVar = EVERYONE
    company: str | None = None
    person: UUID | None = None
    on: date | None = None
    after: str | None = None
    limit: Limit = 50
