"""Planning, promising, claiming and approving expenses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from billing import approvals
from billing.approvals import commands as inbox
from billing.approvals.model import Approval
from billing.expenses import events, queries, rules, store
from billing.expenses.book import Book
from billing.expenses.model import Cell, Change, Claim, Commitment, Exceeded, Line, State
from billing.files import queries as files
from billing.organisation import queries as organisation
from contracts.billing import expenses as contract
from kernel import clock
from kernel.database import Transaction
from kernel.ids import uuid7
from kernel.money import Money, minor_digits, plain
from kernel.problems import NotFound, NotYourUnit
from kernel.scope import Principal

ACT = "expense"


async def put_category(
    tx: Transaction, asked: contract.PutExpenseCategory, who: Principal
) -> contract.ExpenseCategories:
    """Name a kind of expense, and say whether its budget stops."""
    if asked.company not in who.units:
        raise NotFound("company", asked.company)
    await store.put_category(tx, asked.company, asked.category, asked.name, asked.over)
    return await queries.categories(tx, asked.company)


async def company_of(tx: Transaction, unit: str, who: Principal) -> str:
    """The company of a unit in the person's scope.

    Raises:
        NotYourUnit, NotFound
    """
    if unit not in who.units:
        raise NotYourUnit(unit)
    company = await organisation.company_of(tx, unit)
    if company is None:
        raise NotFound("unit", unit)
    return company


async def set_budget(tx: Transaction, asked: contract.SetBudget, who: Principal) -> contract.Budget:
    """What a unit may spend on a category in a month."""
    company = await company_of(tx, asked.unit, who)
    minor_digits(asked.currency)
    cell = Cell(asked.unit, asked.category, _month(asked.month), asked.currency)
    amount = None
    if asked.amount is not None:
        amount = rules.check_budget(asked.amount - Money.zero(asked.currency)).amount
    (made,) = await _plan(tx, company, {cell: amount})
    return made


async def split_budget(
    tx: Transaction, asked: contract.SplitBudget, who: Principal
) -> contract.Budgets:
    """Split a year's budget of a category among units and months."""
    weights = {each.unit: each.weight for each in asked.units}
    companies = {await company_of(tx, unit, who) for unit in weights}
    if len(companies) > 1:
        raise rules.SeveralCompanies(sorted(companies))
    parts = rules.split_budget(asked.amount, asked.year, weights, asked.months)
    amounts = {
        Cell(unit, asked.category, month, asked.amount.currency): part.amount
        for (unit, month), part in parts.items()
    }
    made = await _plan(tx, companies.pop(), amounts)
    return contract.Budgets(total=asked.amount.in_minor_units(), items=made)


async def _plan(
    tx: Transaction, company: str, amounts: Mapping[Cell, Decimal | None]
) -> list[contract.Budget]:
    known = await store.categories_of(tx, company)
    for category in {cell.category for cell in amounts}:
        rules.check_category(category, known)
    await store.lock(tx, company, amounts.keys())
    await store.set_budgets(tx, company, amounts)
    rows = await store.lock(tx, company, amounts.keys())
    return [queries.budget(row) for row in rows if store.cell(row) in amounts]


async def commit(
    tx: Transaction, asked: contract.CommitExpense, who: Principal
) -> contract.ExpenseCommitment:
    """Promise an expense: it takes its part of the budget."""
    company = await company_of(tx, asked.unit, who)
    known = await store.categories_of(tx, company)
    amount = rules.check_expense(asked.amount, asked.category, known)
    cell = Cell(asked.unit, asked.category, _month(asked.month), amount.currency)
    book = await Book.open(tx, company, [cell])
    book.change(cell, Change(committed=amount.amount))
    passed = await book.save()
    made = Commitment(uuid7(), company, cell, amount, amount)
    await store.add_commitment(tx, made, asked.description, who.person, clock.now())
    _tell(tx, company, passed, who.person)
    shown = await queries.commitment(tx, made.id)
    return shown.model_copy(update={"over_budget": passed[0].excess if passed else None})


async def release(
    tx: Transaction, asked: contract.ReleaseCommitment, who: Principal
) -> contract.ExpenseCommitment:
    """Give up what is still open of a commitment."""
    before = await queries.commitment_row(tx, asked.commitment)
    cell = store.commitment(before).cell
    book = await Book.open(tx, before["company"], [cell])
    open_ = store.commitment(await queries.commitment_row(tx, asked.commitment)).open
    if not open_:
        raise rules.NothingCommitted
    book.change(cell, Change(committed=-open_.amount))
    await book.save()
    await store.release(tx, asked.commitment, who.person, asked.reason)
    return await queries.commitment(tx, asked.commitment)


async def submit(
    tx: Transaction, asked: contract.SubmitClaim, who: Principal, *, today: date
) -> contract.ExpenseClaim:
    """Claim what was spent: it takes its part of the budgets and waits for an approval.

    Raises:
        NotYourUnit, NotFound, UnknownFile, OverBudget, ReceiptUsed, and what `rules.check_claim` refuses
    """
    company = await company_of(tx, asked.unit, who)
    lines = [
        Line(number, **{name: getattr(each, name) for name in type(each).model_fields})
        for number, each in enumerate(asked.lines, start=1)
    ]
    total = rules.check_claim(lines, await store.categories_of(tx, company), today)
    claim = Claim(
        uuid7(), company, asked.unit, who.person, asked.purpose, State.SUBMITTED, total, lines
    )
    for receipt in {line.receipt for line in lines if line.receipt}:
        await files.require(receipt)
    passed = await _take(tx, claim)
    used = await store.keep_receipts(tx, claim)
    if used:
        raise rules.ReceiptUsed(min(used))
    await _ask(tx, claim, passed)
    _tell(tx, company, passed, who.person)
    shown = await queries.claim(tx, claim.id)
    over = [queries.shown(company, each.budget) for each in passed]
    return shown.model_copy(update={"over_budget": over})


async def _take(tx: Transaction, claim: Claim) -> list[Exceeded]:
    """Take a claim's expenses out of the budgets, and out of what was promised for them."""
    ids = {line.commitment for line in claim.lines if line.commitment}
    promised = await _commitments(tx, ids)
    cells = {_cell(claim, line) for line in claim.lines}
    book = await Book.open(tx, claim.company, cells | {one.cell for one in promised.values()})
    promised = await _commitments(tx, ids)  # as they are now that nobody else can change them
    taken: dict[int, Decimal] = {}
    for line in claim.lines:
        book.change(_cell(claim, line), Change(committed=line.amount.amount))
        if line.commitment:
            promise = promised[line.commitment]
            part = rules.fulfils(line, claim.unit, promise)
            book.change(promise.cell, Change(committed=-part.amount))
            promised[line.commitment] = replace(promise, open=promise.open - part)
            taken[line.line] = part.amount
    passed = await book.save()
    await store.add_claim(tx, claim, taken)
    await store.take_from(tx, _by_commitment(claim.lines, taken))
    return passed


async def _commitments(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, Commitment]:
    wanted = list(ids)
    rows = await store.commitments(tx, wanted) if wanted else {}
    for each in wanted:
        if each not in rows:
            raise NotFound("commitment", str(each))
    return {id_: store.commitment(row) for id_, row in rows.items()}


def _by_commitment(lines: Sequence[Line], taken: Mapping[int, Decimal]) -> dict[UUID, Decimal]:
    parts: dict[UUID, Decimal] = {}
    for line in lines:
        if line.commitment and line.line in taken:
            parts[line.commitment] = parts.get(line.commitment, Decimal(0)) + taken[line.line]
    return parts


def _cell(claim: Claim, line: Line) -> Cell:
    return rules.cell_of(claim.unit, line.category, line.spent_on, line.amount.currency)


async def _ask(tx: Transaction, claim: Claim, passed: Sequence[Exceeded]) -> None:
    await inbox.request(
        tx,
        act=ACT,
        company=claim.company,
        unit=claim.unit,
        amount=claim.total,
        subject=claim.id,
        requested_by=claim.claimant,
        reason=claim.purpose,
        details=_details(claim, passed),
    )


def _details(claim: Claim, passed: Sequence[Exceeded]) -> dict[str, Any]:
    """What whoever decides wants to see."""
    return {
        "lines": [
            {
                "category": line.category,
                "spent_on": line.spent_on.isoformat(),
                "amount": plain(line.amount.amount),
                "description": line.description,
                "receipt": line.receipt,
            }
            for line in claim.lines
        ],
        "over_budget": [
            {"category": each.budget.cell.category, "excess": plain(each.excess.amount)}
            for each in passed
        ],
    }


async def withdraw(tx: Transaction, claim_: UUID, who: Principal) -> contract.ExpenseClaim:
    """Take back a claim of one's own that nobody has decided about."""
    rules.withdrawn(await _claim(tx, claim_), who.person)
    await inbox.withdraw(tx, ACT, [claim_])
    await _close(tx, claim_, State.WITHDRAWN, who.person, "")
    return await queries.claim(tx, claim_)


@approvals.on_decided(ACT)
async def decided(tx: Transaction, approval: Approval) -> None:
    """An approved claim is an actual expense; a rejected one gives back what it took."""
    state = State.APPROVED if approval.approved else State.REJECTED
    await _close(tx, approval.subject, state, approval.decided_by, approval.verdict)


async def _close(tx: Transaction, claim_: UUID, state: State, by: UUID | None, reason: str) -> None:
    seen = await _claim(tx, claim_)
    cells = {_cell(seen, line) for line in seen.lines}
    taken = {row["line"]: row["taken"] for row in (await store.lines_of(tx, [claim_]))[claim_]}
    promised = await store.commitments(tx, _by_commitment(seen.lines, taken))
    cells |= {store.commitment(row).cell for row in promised.values()}
    book = await Book.open(tx, seen.company, cells)
    claim = await _claim(tx, claim_)  # as it is now that nobody else can
    rules.decided(claim, approve=state is State.APPROVED)
    approved = state is State.APPROVED
    for line in claim.lines:
        amount = line.amount.amount
        book.change(_cell(claim, line), Change(-amount, amount if approved else Decimal(0)))
    if not approved:
        await _give_back(tx, book, claim, taken)
    await book.save(checked=False)
    await store.decide(tx, claim.id, state, by, reason)
    if approved:
        tx.announce(events.expense_approved(claim, by), person=claim.claimant)


async def _give_back(
    tx: Transaction, book: Book, claim: Claim, taken: Mapping[int, Decimal]
) -> None:
    """What a claim took of commitments is promised again, unless they were given up since."""
    parts = _by_commitment(claim.lines, taken)
    rows = await store.commitments(tx, parts)
    back = {id_: parts[id_] for id_, row in rows.items() if row["released_by"] is None}
    for id_, amount in back.items():
        book.change(store.commitment(rows[id_]).cell, Change(committed=amount))
    await store.take_from(tx, {id_: -amount for id_, amount in back.items()})
    await store.free_receipts(tx, claim.id)


async def _claim(tx: Transaction, claim: UUID) -> Claim:
    row = await store.claim_row(tx, claim)
    if row is None:
        raise NotFound("claim", str(claim))
    return store.claim(row, (await store.lines_of(tx, [claim]))[claim])


def _tell(tx: Transaction, company: str, passed: Iterable[Exceeded], by: UUID) -> None:
    for each in passed:
        tx.announce(events.budget_exceeded(company, each, by))


def _month(label: str) -> date:
    return date.fromisoformat(f"{label}-01")
