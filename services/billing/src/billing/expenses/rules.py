"""What may be spent, and who is paid back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from billing.expenses.model import (
    Budget,
    Cell,
    Change,
    Claim,
    Commitment,
    Exceeded,
    Line,
    Over,
    State,
)
from kernel.money import DifferentCurrencies, Money
from kernel.problems import Refusal

RATE = Decimal("0.0001")
MONTHS = 12


@dataclass(eq=False)
class OverBudget(Refusal):
    """The expense is more than what is left, and its category stops there."""

    code = "expenses.over-budget"
    title = "The expense is over the budget"
    unit: str
    category: str
    month: str
    left: Money
    requested: Money


@dataclass(eq=False)
class NotPositive(Refusal):
    """An expense is more than nothing."""

    code = "expenses.not-positive"
    title = "An expense must be more than zero"
    amount: Money


@dataclass(eq=False)
class NegativeBudget(Refusal):
    """A budget below zero means nothing; zero is nothing to spend."""

    code = "expenses.negative-budget"
    title = "A budget cannot be negative"
    amount: Money


@dataclass(eq=False)
class NoReceipt(Refusal):
    """Nobody is paid back without a receipt."""

    code = "expenses.no-receipt"
    title = "The expense has no receipt"
    line: int


@dataclass(eq=False)
class ReceiptUsed(Refusal):
    """The receipt belongs to another claim that was not rejected."""

    code = "expenses.receipt-used"
    title = "The receipt was claimed before"
    receipt: str


@dataclass(eq=False)
class SpentInTheFuture(Refusal):
    """Only what was spent can be claimed; what will be spent is committed."""

    code = "expenses.spent-in-the-future"
    title = "The day of the expense has not come"
    spent_on: date
    today: date


@dataclass(eq=False)
class UnknownCategory(Refusal):
    """The company keeps no such category of expenses."""

    code = "expenses.unknown-category"
    title = "The category is unknown"
    category: str
    known: list[str]


@dataclass(eq=False)
class BudgetInOtherCurrency(Refusal):
    """The budget of this month is in another currency."""

    code = "expenses.other-currency"
    title = "The budget is in another currency"
    expected: str
    given: str


@dataclass(eq=False)
class ClaimDecided(Refusal):
    """The claim does not wait for a decision any more."""

    code = "expenses.claim-decided"
    title = "The claim was decided before"
    state: str


@dataclass(eq=False)
class NotYourClaim(Refusal):
    """Only who made a claim takes it back."""

    code = "expenses.not-your-claim"
    title = "The claim is somebody else's"


@dataclass(eq=False)
class CommitmentOfOther(Refusal):
    """A claim fulfils a commitment of its own unit, category and currency."""

    code = "expenses.commitment-of-other"
    title = "The commitment is for something else"
    unit: str
    category: str


@dataclass(eq=False)
class NothingCommitted(Refusal):
    """All of the commitment was claimed or given up before."""

    code = "expenses.nothing-committed"
    title = "Nothing is left of the commitment"


@dataclass(eq=False)
class NothingToSplitBy(Refusal):
    """Every weight is zero: there is nobody to give the budget to."""

    code = "expenses.nothing-to-split-by"
    title = "The budget cannot be split by nothing"


@dataclass(eq=False)
class SeveralCompanies(Refusal):
    """A budget belongs to one company."""

    code = "expenses.several-companies"
    title = "The units belong to several companies"
    companies: list[str]


def month_of(day: date) -> date:
    """The month that an expense of this day counts in, by its first day.

    Source: BI7.

    >>> month_of(day("2026-02-28"))
    datetime.date(2026, 2, 1)
    """
    return day.replace(day=1)


def split_budget(
    amount: Money, year: int, units: Mapping[str, Decimal], months: Sequence[Decimal]
) -> dict[tuple[str, date], Money]:
    """A year's budget is split by unit, and each unit's part by month; nothing is lost or added.

    Args:
        amount: of the year, zero or more.
        units: each with its weight, none below zero.
        months: twelve weights, January first.

    Returns:
        The budget of each unit and month; each unit's months add up to its part, to the cent.

    Raises:
        NegativeBudget, NothingToSplitBy, TooManyDecimals

    Source: BI7.

    >>> parts = split_budget(mxn("100"), 2026, {"mty": 2, "gdl": 1}, [1] * 12)
    >>> parts["mty", day("2026-01-01")], parts["gdl", day("2026-12-01")]
    (Money('5.56 MXN'), Money('2.77 MXN'))
    """
    whole = check_budget(amount)
    if not (sum(units.values()) and sum(months)):
        raise NothingToSplitBy
    parts = zip(units, whole.split(list(units.values())), strict=True)
    return {
        (unit, date(year, month, 1)): share
        for unit, part in parts
        for month, share in enumerate(part.split(months), start=1)
    }


def check_budget(amount: Money) -> Money:
    """A budget is zero or more, in whole minor units; zero is nothing to spend.

    Raises:
        NegativeBudget, TooManyDecimals

    Source: BI7.
    """
    if amount.amount < 0:
        raise NegativeBudget(amount)
    return amount.in_minor_units()


def take(budget: Budget, by: Change, *, checked: bool = True) -> tuple[Budget, Exceeded | None]:
    """What is promised, claimed and spent fits into the budget together; exactly all of it fits.

    More than that is stopped or told, as the category says. What takes no more than before is
    never stopped: an accepted claim that is approved only becomes an actual expense. Without a
    budget nothing stops it, for no budget is not a budget of zero.

    Args:
        checked: False for what was accepted before, and comes back to a commitment.

    Returns:
        The budget as it is then, and that it was passed, told once: when it happens.

    Raises:
        OverBudget

    Source: BI7.

    >>> cell = Cell("mty", "travel", day("2026-03-01"), "MXN")
    >>> at = Budget(cell, mxn("1000"), mxn("300"), mxn("600"), Over.STOP)
    >>> take(at, Change(committed=Decimal("100")))[0].left
    Money('0 MXN')
    >>> take(at, Change(committed=Decimal("100.01")))
    Traceback (most recent call last):
    billing.expenses.rules.OverBudget: expenses.over-budget: The expense is over the budget (unit=mty, category=travel, month=2026-03, left=100 MXN, requested=100.01 MXN)
    """
    currency = budget.cell.currency
    after = replace(
        budget,
        committed=budget.committed + Money(by.committed, currency),
        actual=budget.actual + Money(by.actual, currency),
    )
    if by.used <= 0 or budget.left is None or after.left is None or after.left.amount >= 0:
        return after, None
    if checked and budget.over is Over.STOP:
        raise _over(budget, budget.left, Money(by.used, currency))
    passed = budget.left.amount >= 0
    return after, Exceeded(after, -after.left) if passed else None


def _over(budget: Budget, left: Money, requested: Money) -> OverBudget:
    cell = budget.cell
    return OverBudget(cell.unit, cell.category, f"{cell.month:%Y-%m}", left, requested)


def check_category(category: str, known: Collection[str]) -> None:
    """Expenses are kept apart by the categories that the company has; a typing error is none.

    Raises:
        UnknownCategory

    Source: BI7.
    """
    if category not in known:
        raise UnknownCategory(category, sorted(known))


def check_currency(cell: Cell, planned_in: Collection[str]) -> None:
    """Where a month's budget is in one currency, an expense in another does not get around it.

    Args:
        planned_in: the currencies in which the unit has a budget for this category and month.

    Raises:
        BudgetInOtherCurrency

    Source: BI7.
    """
    if planned_in and cell.currency not in planned_in:
        raise BudgetInOtherCurrency(min(planned_in), cell.currency)


def check_expense(amount: Money, category: str, known: Collection[str]) -> Money:
    """An expense is more than zero, in whole minor units, and of a category that the company has.

    Raises:
        NotPositive, UnknownCategory, TooManyDecimals

    Source: BI7.
    """
    check_category(category, known)
    if amount.amount <= 0:
        raise NotPositive(amount)
    return amount.in_minor_units()


def check_claim(lines: Sequence[Line], known: Collection[str], today: date) -> Money:
    """Each expense of a claim has its receipt, was spent by today, and all are in one currency.

    Returns:
        What the claim adds up to.

    Raises:
        NoReceipt, SpentInTheFuture, DifferentCurrencies, NotPositive, UnknownCategory

    Source: BI7.
    """
    currency = lines[0].amount.currency
    for line in lines:
        check_expense(line.amount, line.category, known)
        if line.amount.currency != currency:
            raise DifferentCurrencies(currency, line.amount.currency)
        if line.spent_on > today:
            raise SpentInTheFuture(line.spent_on, today)
        if not line.receipt:
            raise NoReceipt(line.line)
    return Money.total((line.amount for line in lines), currency)


def fulfils(line: Line, unit: str, commitment: Commitment) -> Money:
    """A claim takes what was committed for it out of the commitment, and the rest of the budget.

    The month may be another one: what was ordered in March may be paid in April.

    Returns:
        How much of the commitment it takes.

    Raises:
        CommitmentOfOther: it is for another unit or category, or in another currency.

    Source: BI7.
    """
    cell = commitment.cell
    if (cell.unit, cell.category, cell.currency) != (unit, line.category, line.amount.currency):
        raise CommitmentOfOther(cell.unit, cell.category)
    return min(line.amount, commitment.open)


def decided(claim: Claim, *, approve: bool) -> State:
    """A submitted claim is approved or rejected, once.

    Raises:
        ClaimDecided

    Source: BI7.
    """
    if claim.state is not State.SUBMITTED:
        raise ClaimDecided(claim.state.value)
    return State.APPROVED if approve else State.REJECTED


def withdrawn(claim: Claim, who: UUID) -> State:
    """Who made a claim may take it back until it is decided.

    Raises:
        NotYourClaim, ClaimDecided

    Source: BI7.
    """
    if claim.claimant != who:
        raise NotYourClaim
    decided(claim, approve=False)
    return State.WITHDRAWN


def ratio(expenses: Decimal, sales: Decimal | None) -> Decimal | None:
    """How much of each unit of money sold was spent; not known where nothing was sold.

    Source: BI7.

    >>> ratio(Decimal(45), Decimal(1000)), ratio(Decimal(45), Decimal(0))
    (Decimal('0.0450'), None)
    """
    if not sales or sales < 0:
        return None
    return (expenses / sales).quantize(RATE, ROUND_HALF_UP)


def change_rate(now: Decimal, before: Decimal) -> Decimal | None:
    """By how much more was spent than a year before; a reduction is below zero.

    Source: BI7.

    >>> change_rate(Decimal(90), Decimal(120)), change_rate(Decimal(90), Decimal(0))
    (Decimal('-0.2500'), None)
    """
    return ((now - before) / before).quantize(RATE, ROUND_HALF_UP) if before else None


def cell_of(unit: str, category: str, day: date, currency: str) -> Cell:
    """The budget that an expense of this day counts in.

    Source: BI7.
    """
    return Cell(unit, category, month_of(day), currency)
