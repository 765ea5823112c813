"""What can be asked about expenses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from billing import paging
from billing.batch import Row
from billing.expenses import rules, store
from billing.expenses.model import Budget, Over
from contracts.billing import expenses as contract
from kernel.database import Transaction
from kernel.money import Money, plain
from kernel.operations import Page
from kernel.period import Period
from kernel.problems import Malformed, NotFound
from kernel.scope import Principal

NOTHING = Decimal(0)


async def categories(tx: Transaction, company: str) -> contract.ExpenseCategories:
    """The kinds of expenses that a company keeps apart."""
    found = await store.categories_of(tx, company)
    items = [
        contract.ExpenseCategory(category=category, name=row["name"], over=row["over"])
        for category, row in found.items()
    ]
    return contract.ExpenseCategories(company=company, items=items)


async def budgets(tx: Transaction, asked: contract.ListBudgets) -> Page[contract.Budget]:
    """Budgets in scope by unit, category and month."""
    after = paging.key(asked.after, str, str, date.fromisoformat, str)
    which = (asked.unit, asked.category)
    rows = await store.list_budgets(
        tx, asked.company, _months(asked.period), which, after, asked.limit + 1
    )
    page, last = paging.page(rows, asked.limit)
    return Page[contract.Budget](
        items=[budget(row) for row in page],
        next=last and paging.cursor(*(last[name] for name in store.CELL)),
    )


def budget(row: Row) -> contract.Budget:
    """A budget as people are shown it."""
    return shown(row["company"], store.budget(row, Over.STOP))


def shown(company: str, one: Budget) -> contract.Budget:
    """A budget as people are shown it."""
    return contract.Budget(
        company=company,
        unit=one.cell.unit,
        category=one.cell.category,
        month=f"{one.cell.month:%Y-%m}",
        currency=one.cell.currency,
        budget=one.amount,
        committed=one.committed,
        actual=one.actual,
        left=one.left,
    )


async def commitment_row(tx: Transaction, commitment_: UUID) -> Row:
    """A commitment in the person's scope.

    Raises:
        NotFound
    """
    row = (await store.commitments(tx, [commitment_])).get(commitment_)
    if row is None:
        raise NotFound("commitment", str(commitment_))
    return row


async def commitment(tx: Transaction, commitment_: UUID) -> contract.ExpenseCommitment:
    """One commitment."""
    return _commitment(await commitment_row(tx, commitment_))


async def commitments(
    tx: Transaction, asked: contract.ListExpenseCommitments
) -> Page[contract.ExpenseCommitment]:
    """Commitments of which something is open, the oldest first."""
    (after,) = paging.key(asked.after, UUID) or (None,)
    rows = await store.open_commitments(tx, asked.unit, after, asked.limit + 1)
    page, last = paging.page(rows, asked.limit)
    return Page[contract.ExpenseCommitment](
        items=[_commitment(row) for row in page], next=last and paging.cursor(last["id"])
    )


def _commitment(row: Row) -> contract.ExpenseCommitment:
    return contract.ExpenseCommitment(
        commitment=row["id"],
        company=row["company"],
        unit=row["unit"],
        category=row["category"],
        month=f"{row['month']:%Y-%m}",
        amount=Money(row["amount"], row["currency"]),
        open=Money(row["open"], row["currency"]),
        description=row["description"],
        made_by=row["made_by"],
        made_at=row["made_at"],
    )


async def claim(tx: Transaction, claim_: UUID) -> contract.ExpenseClaim:
    """One claim in the person's scope.

    Raises:
        NotFound
    """
    row = await store.claim_row(tx, claim_)
    if row is None:
        raise NotFound("claim", str(claim_))
    return _claim(row, (await store.lines_of(tx, [claim_]))[claim_])


async def claims(tx: Transaction, asked: contract.ListClaims) -> Page[contract.ExpenseClaim]:
    """Claims in scope, the latest first."""
    (before,) = paging.key(asked.after, UUID) or (None,)
    which = (asked.company, asked.unit, asked.claimant, asked.state)
    rows = await store.list_claims(tx, which, before, asked.limit + 1)
    page, last = paging.page(rows, asked.limit)
    lines = await store.lines_of(tx, [row["id"] for row in page])
    return Page[contract.ExpenseClaim](
        items=[_claim(row, lines[row["id"]]) for row in page],
        next=last and paging.cursor(last["id"]),
    )


def _claim(row: Row, lines: Sequence[Row]) -> contract.ExpenseClaim:
    return contract.ExpenseClaim(
        claim=row["id"],
        company=row["company"],
        unit=row["unit"],
        claimant=row["claimant"],
        claimant_name=row["claimant_name"],
        purpose=row["purpose"],
        state=row["state"],
        total=Money(row["total"], row["currency"]),
        submitted_at=row["submitted_at"],
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        reason=row["reason"],
        lines=[_line(each, row["currency"]) for each in lines],
    )


def _line(row: Row, currency: str) -> contract.Expense:
    return contract.Expense(
        line=row["line"],
        category=row["category"],
        spent_on=row["spent_on"],
        amount=Money(row["amount"], currency),
        description=row["description"],
        receipt=row["receipt"],
        commitment=row["commitment"],
        taken=Money(row["taken"], currency),
    )


async def report(
    tx: Transaction, asked: contract.ReportExpenses, who: Principal
) -> contract.ExpenseReport:
    """Expenses against budget, sales and the year before."""
    first, end = _months(asked.period)
    days = (first, end, first.replace(year=first.year - 1), end.replace(year=end.year - 1))
    spent, sold = await store.spent_and_sold(tx, asked.company, days, asked.by, who.units)
    sales = {(row["key"], row["currency"]): row for row in sold}
    names = await _names(tx, asked)
    rows = [
        _row(
            row, sales.get((None if asked.by == "category" else row["key"], row["currency"])), names
        )
        for row in spent
    ]
    return contract.ExpenseReport(rows=sorted(rows, key=lambda row: (row.id or "", row.currency)))


async def _names(
    tx: Transaction, asked: contract.ReportExpenses
) -> dict[str | None, tuple[str, str]]:
    """What each row is called: its id and its name."""
    if asked.by == "category":
        known = await store.categories_of(tx, asked.company)
        return {key: (key, row["name"]) for key, row in known.items()}
    if asked.by == "month":
        return {}
    units = await store.unit_names(tx, asked.company)
    named: dict[str | None, tuple[str, str]] = {
        unit: (row["key"], row["name"]) for unit, row in units.items()
    }
    if asked.company in named:
        named[None] = named[asked.company]
    return named


def _row(
    spent: Row, sold: Row | None, names: dict[str | None, tuple[str, str]]
) -> contract.ExpenseRow:
    key, planned, actual, before = spent["key"], spent["budget"], spent["actual"], spent["before"]
    sales, sales_before = (sold["now"], sold["before"]) if sold else (None, None)
    id_, name = names.get(key, (key, None))
    return contract.ExpenseRow(
        id=id_,
        name=name,
        currency=spent["currency"],
        budget=_plain(planned),
        committed=plain(spent["committed"]),
        actual=plain(actual),
        left=_plain(None if planned is None else planned - spent["committed"] - actual),
        sales=_plain(sales),
        ratio=_rate(rules.ratio(actual, sales)),
        actual_year_before=plain(before),
        change=_rate(rules.change_rate(actual, before)),
        ratio_year_before=_rate(rules.ratio(before, sales_before)),
    )


def _plain(amount: Decimal | None) -> str | None:
    return None if amount is None else plain(amount)


def _rate(rate: Decimal | None) -> str | None:
    return None if rate is None else f"{rate:f}"


def _months(label: str) -> tuple[date, date]:
    """The first day of a period and the one after its last."""
    try:
        period = Period.parse(label)
    except ValueError as wrong:
        raise Malformed([{"field": "period", "problem": str(wrong)}]) from wrong
    assert period.end is not None, "years, quarters and months end"
    return period.start, period.end
