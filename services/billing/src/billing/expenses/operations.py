"""Expenses, as the bus asks for them."""

from __future__ import annotations

from billing.expenses import commands, queries, rules
from billing.files import queries as files
from contracts.billing import expenses as contract
from kernel import clock
from kernel.database import Transaction
from kernel.operations import Page
from kernel.problems import NotFound
from kernel.rpc import Operations
from kernel.scope import Principal

operations = Operations(
    status={
        rules.NotPositive: 422,
        rules.NegativeBudget: 422,
        rules.NoReceipt: 422,
        rules.SpentInTheFuture: 422,
        rules.UnknownCategory: 422,
        rules.BudgetInOtherCurrency: 422,
        rules.NothingToSplitBy: 422,
        rules.SeveralCompanies: 422,
        rules.CommitmentOfOther: 422,
        rules.NotYourClaim: 403,
        **files.STATUS,
    }
)


@operations.question(contract.ListExpenseCategories)
async def list_categories(
    tx: Transaction, asked: contract.ListExpenseCategories, who: Principal
) -> contract.ExpenseCategories:
    """The kinds of expenses."""
    if asked.company not in who.units:
        raise NotFound("company", asked.company)
    return await queries.categories(tx, asked.company)


@operations.command(contract.PutExpenseCategory)
async def put_category(
    tx: Transaction, asked: contract.PutExpenseCategory, who: Principal
) -> contract.ExpenseCategories:
    """Name a kind of expense."""
    return await commands.put_category(tx, asked, who)


@operations.question(contract.ListBudgets)
async def list_budgets(
    tx: Transaction, asked: contract.ListBudgets, who: Principal
) -> Page[contract.Budget]:
    """Budgets in scope."""
    return await queries.budgets(tx, asked)


@operations.command(contract.SetBudget)
async def set_budget(tx: Transaction, asked: contract.SetBudget, who: Principal) -> contract.Budget:
    """Set one budget."""
    return await commands.set_budget(tx, asked, who)


@operations.command(contract.SplitBudget)
async def split_budget(
    tx: Transaction, asked: contract.SplitBudget, who: Principal
) -> contract.Budgets:
    """Split a year's budget."""
    return await commands.split_budget(tx, asked, who)


@operations.command(contract.CommitExpense)
async def commit_expense(
    tx: Transaction, asked: contract.CommitExpense, who: Principal
) -> contract.ExpenseCommitment:
    """Promise an expense."""
    return await commands.commit(tx, asked, who)


@operations.command(contract.ReleaseCommitment)
async def release_commitment(
    tx: Transaction, asked: contract.ReleaseCommitment, who: Principal
) -> contract.ExpenseCommitment:
    """Give up a commitment."""
    return await commands.release(tx, asked, who)


@operations.question(contract.ListExpenseCommitments)
async def list_commitments(
    tx: Transaction, asked: contract.ListExpenseCommitments, who: Principal
) -> Page[contract.ExpenseCommitment]:
    """Commitments of which something is open."""
    return await queries.commitments(tx, asked)


@operations.command(contract.SubmitClaim)
async def submit_claim(
    tx: Transaction, asked: contract.SubmitClaim, who: Principal
) -> contract.ExpenseClaim:
    """Claim what was spent."""
    return await commands.submit(tx, asked, who, today=clock.today())


@operations.command(contract.WithdrawClaim)
async def withdraw_claim(
    tx: Transaction, asked: contract.WithdrawClaim, who: Principal
) -> contract.ExpenseClaim:
    """Take back a claim."""
    return await commands.withdraw(tx, asked.claim, who)


@operations.question(contract.GetClaim)
async def get_claim(
    tx: Transaction, asked: contract.GetClaim, who: Principal
) -> contract.ExpenseClaim:
    """One claim."""
    return await queries.claim(tx, asked.claim)


@operations.question(contract.ListClaims)
async def list_claims(
    tx: Transaction, asked: contract.ListClaims, who: Principal
) -> Page[contract.ExpenseClaim]:
    """Claims in scope."""
    return await queries.claims(tx, asked)


@operations.question(contract.ReportExpenses)
async def report_expenses(
    tx: Transaction, asked: contract.ReportExpenses, who: Principal
) -> contract.ExpenseReport:
    """Expenses against budget, sales and the year before."""
    return await queries.report(tx, asked, who)
