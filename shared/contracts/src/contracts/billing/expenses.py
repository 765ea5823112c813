"""Expenses: budgets, what is promised of them, and claims of those who paid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

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

LEADERS = frozenset({MANAGER, DIRECTOR, ADMINISTRATOR})
READERS = LEADERS | {ANALYST}
PLANNERS = frozenset({DIRECTOR, ADMINISTRATOR})

Category = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
Receipt = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
Weight = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=6)]
Over = Literal["stop", "warn"]
ClaimState = Literal["submitted", "approved", "rejected", "withdrawn"]


class ExpenseCategory(Message):
    """A kind of expense, and what happens to one that is over the budget."""

    category: str
    name: str
    over: Over


class ExpenseCategories(Message):
    """The categories of a company: its own, or those that hold by default."""

    company: str
    items: Sequence[ExpenseCategory]


class ListExpenseCategories(Question[ExpenseCategories]):
    """The kinds of expenses that a company keeps apart."""

    operation: ClassVar = "billing.list-expense-categories"
    answer: ClassVar = ExpenseCategories
    roles: ClassVar = EVERYONE
    company: str


class PutExpenseCategory(Command[ExpenseCategories]):
    """Name a kind of expense, and say whether its budget stops or only warns."""

    operation: ClassVar = "billing.put-expense-category"
    answer: ClassVar = ExpenseCategories
    roles: ClassVar = PLANNERS
    company: str
    category: Category
    name: str = Field(min_length=1, max_length=80)
    over: Over


class Budget(Message):
    """What a unit may spend on a category in a month, and what of it is taken."""

    company: str
    unit: str
    category: str
    month: str
    currency: str
    budget: Money | None
    """None is no budget, which is not a budget of zero."""
    committed: Money
    """Promised or claimed, and not yet approved."""
    actual: Money
    """Approved."""
    left: Money | None
    """None without a budget; below zero when more was spent than planned."""


class ListBudgets(Question[Page[Budget]]):
    """Budgets in scope by unit, category and month; `period` is 2026, 2026-Q1 or 2026-03."""

    operation: ClassVar = "billing.list-budgets"
    answer: ClassVar = Page[Budget]
    roles: ClassVar = EVERYONE
    company: str
    period: str
    unit: str | None = None
    category: str | None = None
    after: str | None = None
    limit: int = Field(default=100, ge=1, le=500)


class SetBudget(Command[Budget]):
    """What a unit may spend on a category in a month; None takes the budget away.

    What was accepted stays accepted when a budget is lowered.
    """

    operation: ClassVar = "billing.set-budget"
    answer: ClassVar = Budget
    roles: ClassVar = PLANNERS
    unit: str
    category: Category
    month: Month
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    amount: Money | None


class UnitWeight(Message):
    """How much of the budget a unit gets, in proportion to the others."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: str
    weight: Weight


class Budgets(Message):
    """The budgets that were made; they add up to `total`."""

    total: Money
    items: Sequence[Budget]


class SplitBudget(Command[Budgets]):
    """Split a year's budget of a category among units and months, to the cent."""

    operation: ClassVar = "billing.split-budget"
    answer: ClassVar = Budgets
    roles: ClassVar = PLANNERS
    category: Category
    year: int = Field(ge=2000, le=2100)
    amount: Money
    units: Annotated[Sequence[UnitWeight], Field(min_length=1, max_length=500)]
    months: Annotated[Sequence[Weight], Field(min_length=12, max_length=12)] = (Decimal(1),) * 12
    """Weights, January first; all months alike unless it is said."""


class ExpenseCommitment(Message):
    """An expense that is promised; `open` is what of it was not claimed yet."""

    commitment: UUID
    company: str
    unit: str
    category: str
    month: str
    amount: Money
    open: Money
    description: str
    made_by: UUID
    made_at: datetime
    over_budget: Money | None = None
    """By how much the budget is passed, where it only warns."""


class CommitExpense(Command[ExpenseCommitment]):
    """Promise an expense: it takes its part of the budget from now on."""

    operation: ClassVar = "billing.commit-expense"
    answer: ClassVar = ExpenseCommitment
    roles: ClassVar = LEADERS
    unit: str
    category: Category
    month: Month
    amount: Money
    description: str = Field(min_length=1, max_length=500)


class ReleaseCommitment(Command[ExpenseCommitment]):
    """Give up what is still open of a commitment: the budget has it again."""

    operation: ClassVar = "billing.release-commitment"
    answer: ClassVar = ExpenseCommitment
    roles: ClassVar = LEADERS
    commitment: UUID
    reason: str = Field(default="", max_length=500)


class ListExpenseCommitments(Question[Page[ExpenseCommitment]]):
    """Commitments of which something is open, the oldest first."""

    operation: ClassVar = "billing.list-expense-commitments"
    answer: ClassVar = Page[ExpenseCommitment]
    roles: ClassVar = EVERYONE
    unit: str | None = None
    after: str | None = None
    limit: int = Field(default=100, ge=1, le=500)


class NewExpense(Message):
    """One expense of a claim; `receipt` is the reference of an uploaded file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    category: Category
    spent_on: date
    amount: Money
    description: str = Field(default="", max_length=500)
    receipt: Receipt | None = None
    commitment: UUID | None = None
    """What had been promised for it."""


class Expense(Message):
    """One expense of a claim; `taken` is what of it had been committed before."""

    line: int
    category: str
    spent_on: date
    amount: Money
    description: str
    receipt: str
    commitment: UUID | None
    taken: Money


class ExpenseClaim(Message):
    """Expenses that somebody paid and wants back."""

    claim: UUID
    company: str
    unit: str
    claimant: UUID
    claimant_name: str | None
    purpose: str
    state: ClaimState
    total: Money
    submitted_at: datetime
    decided_by: UUID | None
    decided_at: datetime | None
    reason: str
    lines: Sequence[Expense]
    over_budget: Sequence[Budget] = ()
    """Budgets that this claim has passed, where they only warn; told when it is submitted."""


class SubmitClaim(Command[ExpenseClaim]):
    """Claim what was spent; it waits for somebody with the authority."""

    operation: ClassVar = "billing.submit-claim"
    answer: ClassVar = ExpenseClaim
    roles: ClassVar = EVERYONE
    unit: str
    purpose: str = Field(min_length=1, max_length=500)
    lines: Annotated[Sequence[NewExpense], Field(min_length=1, max_length=100)]


class WithdrawClaim(Command[ExpenseClaim]):
    """Take back a claim of one's own that nobody has decided about."""

    operation: ClassVar = "billing.withdraw-claim"
    answer: ClassVar = ExpenseClaim
    roles: ClassVar = EVERYONE
    claim: UUID


class GetClaim(Question[ExpenseClaim]):
    """One claim."""

    operation: ClassVar = "billing.get-claim"
    answer: ClassVar = ExpenseClaim
    roles: ClassVar = EVERYONE
    claim: UUID


class ListClaims(Question[Page[ExpenseClaim]]):
    """Claims in scope, the latest first; reps see their own."""

    operation: ClassVar = "billing.list-claims"
    answer: ClassVar = Page[ExpenseClaim]
    roles: ClassVar = EVERYONE
    company: str | None = None
    unit: str | None = None
    claimant: UUID | None = None
    state: ClaimState | None = None
    after: str | None = None
    limit: int = Field(default=50, ge=1, le=200)


class ExpenseRow(Message):
    """Budget and expenses of a period, beside its sales and the year before.

    Rates are fractions; what is not known (nothing sold, nothing spent the year before) is None.
    """

    id: str | None
    name: str | None
    currency: str
    budget: str | None
    committed: str
    actual: str
    left: str | None
    sales: str | None
    """Invoices less credit notes, without tax; of all in scope where rows are categories."""
    ratio: str | None
    """Actual expenses by sales."""
    actual_year_before: str
    change: str | None
    """Against the year before; a reduction is below zero."""
    ratio_year_before: str | None


class ExpenseReport(Message):
    """Sorted by id; a unit's row contains the units below it."""

    rows: Sequence[ExpenseRow]


class ReportExpenses(Question[ExpenseReport]):
    """Expenses against budget, sales and the year before; `period` is 2026, 2026-Q1 or 2026-03."""

    operation: ClassVar = "billing.report-expenses"
    answer: ClassVar = ExpenseReport
    roles: ClassVar = READERS
    company: str
    period: str
    by: Literal["unit", "category", "month"] | None = None
