"""What can be asked about bank statements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from billing import paging
from billing.bank_import import clues, rules, store
from billing.bank_import.model import Match
from billing.batch import Row
from contracts.billing import bank as contract
from kernel.database import Transaction
from kernel.money import Money
from kernel.problems import NotFound


async def accounts(tx: Transaction) -> contract.BankAccounts:
    """The bank accounts in scope."""
    return contract.BankAccounts(items=await store.accounts(tx))


async def statements(tx: Transaction, asked: contract.ListStatements) -> contract.Statements:
    """Imported statements in scope, the latest first."""
    after: Any = paging.key(asked.after, date.fromisoformat, UUID)
    rows = await store.list_statements(tx, asked.account, after, asked.limit + 1)
    shown, last = paging.page(rows, asked.limit)
    return contract.Statements(
        items=[_statement(row) for row in shown],
        next=None if last is None else paging.cursor(last["to_on"], last["id"]),
    )


async def statement(tx: Transaction, id_: UUID) -> contract.Statement:
    """One statement, and how far its matching is.

    Raises:
        NotFound
    """
    rows = await store.statements_by_id(tx, [id_])
    if not rows:
        raise NotFound("statement", str(id_))
    return _statement(rows[0])


async def imported(tx: Transaction, taken: Sequence[tuple[UUID, bool]]) -> contract.Statements:
    """The statements of a file that was just taken in, in its order."""
    rows = {row["id"]: row for row in await store.statements_by_id(tx, [id_ for id_, _ in taken])}
    return contract.Statements(items=[_statement(rows[id_], new=new) for id_, new in taken])


def _statement(row: Row, *, new: bool = False) -> contract.Statement:
    currency, opening, closing = row["currency"], row["opening"], row["closing"]
    return contract.Statement(
        statement=row["id"],
        account=row["account"],
        account_name=row["account_name"],
        company=row["company"],
        unit=row["unit"],
        key=row["key"],
        format=row["format"],
        file=row["file"],
        from_on=row["from_on"],
        to_on=row["to_on"],
        opening=None if opening is None else Money(opening, currency),
        closing=None if closing is None else Money(closing, currency),
        entries=row["entries"],
        known=row["known"],
        left_out=row["left_out"],
        imported_by=row["imported_by"],
        imported_at=row["imported_at"],
        matched_at=row["matched_at"],
        states=store.states(row),
        new=new,
    )


async def entries(tx: Transaction, asked: contract.ListBankEntries) -> contract.BankEntries:
    """Entries in scope, the oldest first; those in state open are the worklist."""
    after: Any = paging.key(asked.after, date.fromisoformat, UUID)
    which = (asked.state, asked.account, asked.statement)
    rows = await store.list_entries(tx, which, after, asked.limit + 1)
    shown, last = paging.page(rows, asked.limit)
    return contract.BankEntries(
        items=[_entry(row) for row in shown],
        next=None if last is None else paging.cursor(last["booked_on"], last["id"]),
    )


async def entry(tx: Transaction, id_: UUID) -> contract.BankEntry:
    """One entry.

    Raises:
        NotFound
    """
    row = await store.entry_shown(tx, id_)
    if row is None:
        raise NotFound("bank entry", str(id_))
    return _entry(row)


def _entry(row: Row) -> contract.BankEntry:
    return contract.BankEntry(
        entry=row["id"],
        statement=row["statement"],
        account=row["account"],
        company=row["company"],
        unit=row["unit"],
        key=row["key"],
        booked_on=row["booked_on"],
        value_on=row["value_on"],
        amount=Money(row["amount"], row["currency"]),
        reference=row["reference"],
        text=row["text"],
        payer=row["payer"],
        payer_account=row["payer_account"],
        state=row["state"],
        customer=row["customer"],
        customer_name=row["customer_name"],
        payment=row["payment"],
        score=row["score"],
        reason=row["reason"],
        note=row["note"],
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
    )


async def suggestions(tx: Transaction, id_: UUID) -> contract.Suggestions:
    """Whose payment an entry may be, of those whom the asking person may see.

    Raises:
        NotFound
    """
    row = await store.entry_shown(tx, id_)
    if row is None:
        raise NotFound("bank entry", str(id_))
    line = store.line(row)
    found = await _likely(tx, line) if line.entry.amount.amount > 0 else []
    names = await store.names(tx, [match.customer for match in found])
    return contract.Suggestions(
        entry=id_,
        items=[_suggestion(match, names[match.customer]) for match in found[:20]
               if match.customer in names],
    )  # fmt: skip


async def _likely(tx: Transaction, line: store.Line) -> list[Match]:
    entries = [line.entry]
    amount = line.entry.amount
    found = await clues.pointers(tx, line.company, entries)
    owed = await clues.debts(tx, entries, found, amount.currency)
    anybody = await clues.owed_by_anybody(tx, line.company, amount)
    return rules.matches(amount, owed.clues(0, line.entry, found, anybody))


def _suggestion(match: Match, name: Row) -> contract.Suggestion:
    owed = [invoice.open for invoice in match.invoices]
    return contract.Suggestion(
        customer=match.customer,
        customer_number=name["number"],
        customer_name=name["name"],
        invoices=[invoice.invoice for invoice in match.invoices],
        invoice_numbers=[invoice.number for invoice in match.invoices],
        open=Money.total(owed, owed[0].currency) if owed else None,
        score=match.score,
        reason=match.reason,
    )
