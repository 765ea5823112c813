"""What others are told about expenses."""

from __future__ import annotations

from uuid import UUID, uuid5

from billing.expenses.model import Claim, Exceeded
from contracts.billing.budget_exceeded import BudgetExceededV1
from contracts.billing.expense_approved import ExpenseApprovedV1, ExpenseV1
from kernel.money import Money

BUDGETS = UUID("8f3c9a52-6b1e-5d0f-9c77-51a3b0e2d4c6")


def budget_exceeded(company: str, passed: Exceeded, by: UUID | None) -> BudgetExceededV1:
    """A budget was passed."""
    budget, cell = passed.budget, passed.budget.cell
    name = f"{cell.unit}/{cell.category}/{cell.month}/{cell.currency}"
    return BudgetExceededV1(
        unit=cell.unit,
        budget=uuid5(BUDGETS, name),
        company=company,
        category=cell.category,
        month=f"{cell.month:%Y-%m}",
        amount=budget.amount or Money.zero(cell.currency),
        used=budget.used,
        excess=passed.excess,
        by=by,
    )


def expense_approved(claim: Claim, by: UUID | None) -> ExpenseApprovedV1:
    """A claim was approved."""
    return ExpenseApprovedV1(
        unit=claim.unit,
        claim=claim.id,
        company=claim.company,
        claimant=claim.claimant,
        total=claim.total,
        approved_by=by,
        expenses=[
            ExpenseV1(category=line.category, spent_on=line.spent_on, amount=line.amount)
            for line in claim.lines
        ],
    )
