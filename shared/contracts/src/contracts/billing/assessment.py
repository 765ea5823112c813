"""The credit file: scorecards, assessments of customers, and when they are looked at again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from contracts.billing.limits import APPROVERS, CreditAccount
from kernel.events import Message
from kernel.money import Money
from kernel.operations import ADMINISTRATOR, DIRECTOR, EVERYONE, Command, Question

FactorSource = Literal[
    "days-late", "on-time", "highest-balance", "trend", "seniority", "turnover", "entered"
]
"""Where a factor comes from: the ledger, or somebody who enters it with evidence.

`days-late`: days after the due day in a year, weighted by amount, what is overdue included.
`on-time`: the fraction of that amount paid by its due day. `highest-balance`: of a year.
`trend`: days late of the last 90 days less those of the year before them; below 0 is better.
`seniority`: whole months since the first invoice. `turnover`: invoiced in a year.
"""


class Band(Message):
    """Points for values from `at_least` on, up to the next band; or for one `choice`.

    The first band of a factor that is counted has no bound: it takes all that is below.
    """

    at_least: Decimal | None = None
    choice: str | None = None
    points: int = Field(ge=0, le=100)


class Factor(Message):
    """A factor of a scorecard: how much it weighs, and the points of its bands."""

    name: str = Field(min_length=1, max_length=60)
    source: FactorSource
    weight: Decimal = Field(gt=0, le=1000)
    bands: Sequence[Band] = Field(min_length=1, max_length=50)


class Grade(Message):
    """What a score from `at_least` on leads to.

    `months` of the customer's turnover are proposed as the limit.
    """

    name: str = Field(min_length=1, max_length=20)
    at_least: Decimal = Field(ge=0, le=100)
    months: Decimal = Field(ge=0, le=24)
    review_months: int = Field(ge=1, le=60)


class Scorecard(Message):
    """A scorecard as it is in force; each change makes a new version, and none is lost."""

    company: str
    """`*` is for every company that has no scorecard of its own by this name."""
    name: str
    version: int
    currency: str
    """Of its bands of money; customers of another currency have no such factor."""
    least_known: Decimal
    """The fraction of the weights that must be known for a grade."""
    factors: Sequence[Factor]
    grades: Sequence[Grade]


class Scorecards(Message):
    """The scorecards of a company."""

    items: Sequence[Scorecard]


class ListScorecards(Question[Scorecards]):
    """The scorecards of a company in force."""

    operation: ClassVar = "billing.list-scorecards"
    answer: ClassVar = Scorecards
    roles: ClassVar = EVERYONE
    company: str


class PutScorecard(Command[Scorecard]):
    """Put a new version of a scorecard in force; assessments made before stay as they are."""

    operation: ClassVar = "billing.put-scorecard"
    answer: ClassVar = Scorecard
    roles: ClassVar = frozenset({DIRECTOR, ADMINISTRATOR})
    company: str
    name: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    least_known: Decimal = Field(default=Decimal("0.6"), ge=0, le=1)
    factors: Sequence[Factor] = Field(min_length=1, max_length=50)
    grades: Sequence[Grade] = Field(min_length=1, max_length=20)


class Entered(Message):
    """A factor that somebody enters, and what it is known by: a paper, a file, a page."""

    factor: str
    value: str = Field(min_length=1, max_length=100)
    evidence: str = Field(default="", max_length=500)


class Working(Message):
    """One factor of an assessment; `points` x `weight` / all known weights is its part."""

    factor: str
    source: FactorSource
    value: str | None
    """None is not known: it counts for nothing, neither for nor against."""
    band: str | None
    points: int | None
    weight: Decimal
    part: Decimal | None
    """Of the score, exact to four decimals."""
    evidence: str = ""


class Assessment(Message):
    """What a customer is worth as a debtor on a day, and why."""

    assessment: UUID | None
    """None is a look ahead that nobody has put on file."""
    customer: UUID
    scorecard: str
    version: int
    as_of: date
    working: Sequence[Working]
    score: Decimal | None
    """0 to 100, one decimal; None when nothing is known."""
    known: Decimal
    """The fraction of the weights that is known."""
    grade: str | None
    """None when too little is known for a grade."""
    monthly_turnover: Money | None
    proposed_limit: Money | None
    """None without a grade or turnover: there is nothing to propose it by."""
    review_on: date
    assessed_by: UUID | None = None
    assessed_at: datetime | None = None
    note: str = ""


class Assessments(Message):
    """A page of a customer's assessments, the latest first; `next` continues it."""

    items: Sequence[Assessment]
    next: str | None = None


class CreditFile(Message):
    """All that is known of a customer's credit: what is used, how it stands, how it stood."""

    company: str
    customer_number: str | None
    customer_name: str | None
    credit: CreditAccount
    now: Assessment
    """By the scorecard in force and today's ledger; not on file."""
    on_file: Assessment | None
    history: Sequence[Assessment]
    """The latest ten."""


class GetCreditFile(Question[CreditFile]):
    """The credit file of one customer."""

    operation: ClassVar = "billing.get-credit-file"
    answer: ClassVar = CreditFile
    roles: ClassVar = EVERYONE
    customer: UUID
    scorecard: str = "general"


class ListAssessments(Question[Assessments]):
    """The assessments of one customer."""

    operation: ClassVar = "billing.list-assessments"
    answer: ClassVar = Assessments
    roles: ClassVar = EVERYONE
    customer: UUID
    after: str | None = None
    limit: int = Field(default=50, ge=1, le=200)


class AssessCustomer(Command[Assessment]):
    """Assess a customer as of today and put it on file.

    What was entered before is taken over unless it is entered anew.
    """

    operation: ClassVar = "billing.assess-customer"
    answer: ClassVar = Assessment
    roles: ClassVar = APPROVERS
    customer: UUID
    scorecard: str = "general"
    entered: Sequence[Entered] = Field(default=(), max_length=50)
    note: str = Field(default="", max_length=500)


class CreditReview(Message):
    """A customer whose assessment is to be looked at again."""

    customer: UUID
    customer_number: str | None
    customer_name: str | None
    unit: str
    review_on: date
    grade: str | None
    score: Decimal | None


class CreditReviews(Message):
    """A page of reviews, the longest due first; `next` continues it."""

    items: Sequence[CreditReview]
    next: str | None = None


class ListCreditReviews(Question[CreditReviews]):
    """Customers in scope whose review is due by a day."""

    operation: ClassVar = "billing.list-credit-reviews"
    answer: ClassVar = CreditReviews
    roles: ClassVar = EVERYONE
    company: str
    until: date
    after: str | None = None
    limit: int = Field(default=50, ge=1, le=200)
