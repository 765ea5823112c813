"""Contracts are reviewed by a checklist before they are signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from kernel.events import Message
from kernel.money import Money
from kernel.operations import (
    ADMINISTRATOR,
    DIRECTOR,
    EVERYONE,
    MANAGER,
    REP,
    Command,
    Page,
    Question,
)

SELLERS = frozenset({REP, MANAGER, DIRECTOR, ADMINISTRATOR})
REVIEWERS = EVERYONE - {REP}

Key = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
Language = Literal["es", "en"]
Text = Annotated[str, Field(min_length=1, max_length=500)]
Found = Literal["yes", "no", "not-applicable"]
ReviewState = Literal["open", "submitted", "approved", "rejected"]


class ChecklistItem(Message):
    """A point of a checklist in the words of its readers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Key
    texts: Annotated[Mapping[Language, Text], Field(min_length=1)]
    mandatory: bool = True
    role: Literal["collector", "manager", "analyst", "director", "administrator"] | None = None
    """Only somebody of this role answers it."""


class Checklist(Message):
    """What is looked at in contracts of a kind."""

    kind: str
    items: Sequence[ChecklistItem]


class Checklists(Message):
    """The checklists of a company: its own, or those that hold by default."""

    company: str
    items: Sequence[Checklist]


class ListChecklists(Question[Checklists]):
    """What is looked at before contracts are signed."""

    operation: ClassVar = "billing.list-checklists"
    answer: ClassVar = Checklists
    roles: ClassVar = EVERYONE
    company: str


class PutChecklist(Command[Checklists]):
    """Say what is looked at in contracts of a kind; reviews that are open keep their list."""

    operation: ClassVar = "billing.put-checklist"
    answer: ClassVar = Checklists
    roles: ClassVar = frozenset({DIRECTOR, ADMINISTRATOR})
    company: str
    kind: Key
    items: Annotated[Sequence[ChecklistItem], Field(min_length=1, max_length=100)]


class ReviewItem(Message):
    """A point of the checklist, and what somebody found."""

    key: str
    text: str
    """In the reader's language, where it is there."""
    mandatory: bool
    role: str | None
    found: Found | None
    note: str
    answered_by: UUID | None
    answered_at: datetime | None


class ContractReview(Message):
    """A contract before it is signed; `missing` is what keeps it from being submitted."""

    review: UUID
    company: str
    unit: str
    requested_by: UUID
    requested_by_name: str | None
    customer: UUID
    customer_name: str | None
    contract: UUID | None
    number: str
    kind: str
    value: Money
    file: str | None
    state: ReviewState
    opened_at: datetime
    decided_by: UUID | None
    decided_at: datetime | None
    reason: str
    items: Sequence[ReviewItem]
    missing: Sequence[str]


class OpenReview(Command[ContractReview]):
    """Ask for a contract to be looked through. Without `unit` it is the customer's."""

    operation: ClassVar = "billing.open-review"
    answer: ClassVar = ContractReview
    roles: ClassVar = SELLERS
    customer: UUID
    unit: str | None = None
    contract: UUID | None = None
    number: str = Field(min_length=1, max_length=60)
    kind: Key = "sale"
    value: Money
    file: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")] | None = None
    """The text to be signed, as it was uploaded."""


class AnswerReviewItem(Command[ContractReview]):
    """Say what was found at a point; a no and what does not apply need a note."""

    operation: ClassVar = "billing.answer-review-item"
    answer: ClassVar = ContractReview
    roles: ClassVar = REVIEWERS
    review: UUID
    item: str
    found: Found
    note: str = Field(default="", max_length=500)


class SubmitReview(Command[ContractReview]):
    """Put a complete review before whoever may approve a contract of this value."""

    operation: ClassVar = "billing.submit-review"
    answer: ClassVar = ContractReview
    roles: ClassVar = EVERYONE
    review: UUID


class GetReview(Question[ContractReview]):
    """One review."""

    operation: ClassVar = "billing.get-review"
    answer: ClassVar = ContractReview
    roles: ClassVar = EVERYONE
    review: UUID


class ListReviews(Question[Page[ContractReview]]):
    """Reviews in scope, the latest first; reps see their own."""

    operation: ClassVar = "billing.list-reviews"
    answer: ClassVar = Page[ContractReview]
    roles: ClassVar = EVERYONE
    company: str | None = None
    customer: UUID | None = None
    state: ReviewState | None = None
    after: str | None = None
    limit: int = Field(default=50, ge=1, le=200)
