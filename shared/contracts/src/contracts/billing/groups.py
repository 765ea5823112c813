"""Customers who share a credit limit: a holding with its branches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from contracts.billing.limits import APPROVERS, CreditAccount, LimitChanges
from kernel.events import Message
from kernel.money import Money
from kernel.operations import ADMINISTRATOR, DIRECTOR, MANAGER, Command, Page, Question


class GroupMember(Message):
    """A customer of a group, as far as the asking person may see it."""

    customer: UUID
    number: str | None
    name: str | None
    unit: str
    limit: Money | None
    """Its own part; None is no other bound than that of the group."""
    used: Money


class CreditGroup(Message):
    """Customers who share a limit, and what they use of it together."""

    group: UUID
    company: str
    unit: str
    name: str
    currency: str
    limit: Money | None
    """None is no limit, which is not a limit of zero."""
    used: Money
    """By all members, also those that the asking person does not see."""
    available: Money | None
    waiting: UUID | None
    """The request for another limit that waits for approval."""
    members: Sequence[GroupMember] = ()


class PutGroup(Command[CreditGroup]):
    """Found a group, or give it another name; it begins with a limit of zero."""

    operation: ClassVar = "billing.put-group"
    answer: ClassVar = CreditGroup
    roles: ClassVar = frozenset({MANAGER, DIRECTOR, ADMINISTRATOR})
    group: UUID
    company: str
    unit: str
    name: str = Field(min_length=1, max_length=200)
    currency: str = Field(pattern=r"^[A-Z]{3}$")


class SetGroupLimit(Command[CreditGroup]):
    """Grant a group a limit, or with None lift it; above a threshold it waits for another."""

    operation: ClassVar = "billing.set-group-limit"
    answer: ClassVar = CreditGroup
    roles: ClassVar = APPROVERS
    group: UUID
    limit: Money | None
    reason: str = Field(default="", max_length=500)


class PutInGroup(Command[CreditAccount]):
    """Let a customer share the limit of a group, or with None not any more."""

    operation: ClassVar = "billing.put-in-group"
    answer: ClassVar = CreditAccount
    roles: ClassVar = APPROVERS
    customer: UUID
    group: UUID | None
    reason: str = Field(default="", max_length=500)


class GetGroup(Question[CreditGroup]):
    """One group with its members."""

    operation: ClassVar = "billing.get-group"
    answer: ClassVar = CreditGroup
    group: UUID


class ListGroupLimitChanges(Question[LimitChanges]):
    """The history of a group's limit, the latest first."""

    operation: ClassVar = "billing.list-group-limit-changes"
    answer: ClassVar = LimitChanges
    group: UUID
    after: str | None = None
    limit: int = Field(default=50, ge=1, le=200)


class ListGroups(Question[Page[CreditGroup]]):
    """Groups in scope by name, without their members."""

    operation: ClassVar = "billing.list-groups"
    answer: ClassVar = Page[CreditGroup]
    company: str | None = None
    after: str | None = None
    limit: int = Field(default=50, ge=1, le=200)
