"""Credit limits: who may buy how much on credit, and who may say so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from kernel.events import Message
from kernel.money import Money
from kernel.operations import (
    ADMINISTRATOR,
    COLLECTOR,
    DIRECTOR,
    EVERYONE,
    MANAGER,
    Command,
    Question,
)

APPROVERS = frozenset({COLLECTOR, MANAGER, DIRECTOR, ADMINISTRATOR})
"""Roles that may decide about credit; how much, the company's authorities say."""

Act = Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*$", max_length=60)]
"""What somebody needs an authority for: set-limit, release-order, write-off …"""

EVERY_UNIT = "*"
"""An authority at every unit of the company."""


class CreditAccount(Message):
    """The credit of a customer now: the limit, what uses it, and what is left.

    `used` = receivable - unallocated + ordered + reserved, all of them taxes included.
    """

    customer: UUID
    company: str
    unit: str
    currency: str
    limit: Money | None
    """In force today; None is no limit, which is not a limit of zero."""
    receivable: Money
    """Open invoices."""
    unallocated: Money
    """Payments and credits not yet matched to an invoice."""
    ordered: Money
    """Confirmed orders, less what of them is invoiced."""
    reserved: Money
    """Orders placed and not yet confirmed."""
    used: Money
    available: Money | None
    """None without a limit; below zero when a limit was lowered below what was accepted.

    In a group it is the less of what the customer's own limit leaves and that of the group.
    """
    lasting_limit: Money | None = None
    """What holds when no temporary limit does."""
    temporary_until: date | None = None
    """The last day of the temporary limit; None when the limit in force is the lasting one."""
    blocked_by: Sequence[str] = ()
    """Who has blocked new credit: a `person`, `dunning`; empty when nobody has."""
    group: UUID | None = None
    """The customers with whom this one shares a limit."""
    group_available: Money | None = None
    waiting: UUID | None = None
    """The request for another limit that waits for approval."""


class GetCredit(Question[CreditAccount]):
    """The credit of one customer."""

    operation: ClassVar = "billing.get-credit"
    answer: ClassVar = CreditAccount
    roles: ClassVar = EVERYONE
    customer: UUID


class SetLimit(Command[CreditAccount]):
    """Grant a customer a credit limit, or with None lift every limit.

    With `until` it is a temporary limit, in place of the lasting one up to and including that
    day. Where the amount takes a second person, it waits for one: then `waiting` is the request.
    """

    operation: ClassVar = "billing.set-limit"
    answer: ClassVar = CreditAccount
    roles: ClassVar = APPROVERS
    customer: UUID
    limit: Money | None
    until: date | None = None
    reason: str = Field(default="", max_length=500)


class RequestLimit(Command[CreditAccount]):
    """Ask for a credit limit that somebody else has to grant; `waiting` is the request."""

    operation: ClassVar = "billing.request-limit"
    answer: ClassVar = CreditAccount
    roles: ClassVar = EVERYONE
    customer: UUID
    limit: Money | None
    until: date | None = None
    reason: str = Field(min_length=1, max_length=500)


class BlockCredit(Command[CreditAccount]):
    """No new credit for a customer, whatever the limit; what was accepted stays accepted."""

    operation: ClassVar = "billing.block-credit"
    answer: ClassVar = CreditAccount
    roles: ClassVar = APPROVERS
    customer: UUID
    reason: str = Field(min_length=1, max_length=500)


class ReleaseCredit(Command[CreditAccount]):
    """The customer may buy on credit again, whoever has blocked it."""

    operation: ClassVar = "billing.release-credit"
    answer: ClassVar = CreditAccount
    roles: ClassVar = APPROVERS
    customer: UUID
    reason: str = Field(min_length=1, max_length=500)


ChangeKind = Literal["limit", "temporary", "temporary-ended", "blocked", "released", "group"]


class LimitChange(Message):
    """One change of a customer's credit: from what to what, by whom, when and why."""

    id: UUID
    kind: ChangeKind = "limit"
    before: Money | None
    after: Money | None
    until: date | None = None
    """The last day of a temporary limit."""
    source: str | None = None
    """Who blocked or released: a `person`, `dunning`."""
    changed_by: UUID | None
    """None is the clock, or dunning."""
    changed_at: datetime
    reason: str


class LimitChanges(Message):
    """A page of the history of a limit, the latest first; `next` continues it."""

    items: Sequence[LimitChange]
    next: str | None = None


class ListLimitChanges(Question[LimitChanges]):
    """The history of a customer's limit."""

    operation: ClassVar = "billing.list-limit-changes"
    answer: ClassVar = LimitChanges
    roles: ClassVar = EVERYONE
    customer: UUID
    after: str | None = None
    limit: int = Field(default=50, ge=1, le=200)


class Authority(Message):
    """Up to how much a role may decide; without an amount there is no upper bound.

    Above `second_above` it takes a second person; the one nearest to a unit holds there.
    """

    act: Act
    unit: str = EVERY_UNIT
    role: str
    currency: str
    amount: Money | None
    second_above: Money | None = None


class Authorities(Message):
    """Who may decide how much in a company: its own rows, or those that hold by default."""

    company: str
    items: Sequence[Authority]


class ListAuthorities(Question[Authorities]):
    """Who may decide how much in a company."""

    operation: ClassVar = "billing.list-authorities"
    answer: ClassVar = Authorities
    roles: ClassVar = EVERYONE
    company: str


class SetAuthority(Command[Authorities]):
    """Say up to how much a role may decide in a company; None is without an upper bound.

    Said for a unit it holds there and below, in place of what is said for the whole company.
    Above `second_above` a second person has to agree; None needs none.
    """

    operation: ClassVar = "billing.set-authority"
    answer: ClassVar = Authorities
    roles: ClassVar = frozenset({ADMINISTRATOR})
    company: str
    act: Act
    role: Literal["collector", "manager", "director", "administrator"]
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    amount: Money | None
    unit: str = EVERY_UNIT
    second_above: Money | None = None
