"""Commission plans as data, and the runs that count commissions anew."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, Literal
from uuid import UUID

from contracts.targets.organisation import Limit
from contracts.targets.quotas import PLANNERS
from kernel.events import Message
from kernel.operations import ADMINISTRATOR, ANALYST, DIRECTOR, EVERYONE, Command, Page, Question

PAYERS = frozenset({ANALYST, DIRECTOR, ADMINISTRATOR})
"""Who may decide what is paid."""


class Plan(Message):
    """One version of a person's commission: a rate of what is invoiced for them, without tax."""

    plan: UUID
    key: str
    company: str
    person: UUID
    name: str
    basis: str
    """`invoiced-net`."""
    rate: Decimal
    """A fraction: 0.012 is 1.2 %."""
    valid_from: date
    valid_to: date | None
    """The first day no longer valid; None while it is open."""


class PutPlan(Command[Plan]):
    """Add a plan version or correct it; versions of a person never overlap.

    Facts of its days are counted anew, as long as nothing of them is settled.
    """

    operation: ClassVar = "targets.put-plan"
    answer: ClassVar = Plan
    roles: ClassVar = PAYERS
    plan: UUID
    person: UUID
    rate: Decimal
    valid_from: date
    valid_to: date | None = None
    key: str | None = None


class ListPlans(Question[Page[Plan]]):
    """The plan versions in scope, by person and day."""

    operation: ClassVar = "targets.list-plans"
    answer: ClassVar = Page[Plan]
    roles: ClassVar = EVERYONE
    company: str | None = None
    person: UUID | None = None
    after: str | None = None
    limit: Limit = 50


class Run(Message):
    """A run counts the lines of a company anew, or those of one person.

    `lines` is how many there are afterwards, `changed` how many were not as they should be.
    """

    run: UUID
    company: str
    person: UUID | None
    reason: Literal["asked", "plan-changed", "organisation-changed"]
    state: Literal["waiting", "done"]
    asked_at: datetime
    finished_at: datetime | None
    lines: int | None
    changed: int | None


class RunCommissions(Command[Run]):
    """Count all commissions of a company anew; get-run tells when it is done."""

    operation: ClassVar = "targets.run-commissions"
    answer: ClassVar = Run
    roles: ClassVar = PAYERS
    company: str


class GetRun(Question[Run]):
    """How far a run is."""

    operation: ClassVar = "targets.get-run"
    answer: ClassVar = Run
    roles: ClassVar = PLANNERS
    run: UUID
