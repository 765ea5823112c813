"""Bank accounts, statements and entries in the database, and what speaks for a customer."""

# ruff: noqa: S608 - statements are made of our own names; values are parameters

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from billing.bank_import.model import Entry, Match, Statement
from billing.batch import Row
from contracts.billing.bank import BankAccount, CsvMapping
from kernel.database import Transaction
from kernel.money import Money

ACCOUNT = "id, company, unit, number, name, currency, mapping, automatic_from"


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as it is kept."""

    id: UUID
    statement: UUID
    account: UUID
    company: str
    unit: str
    key: str
    entry: Entry
    is_return: bool
    state: str
    customer: UUID | None
    payment: UUID | None


async def keep_account(tx: Transaction, account: BankAccount) -> bool:
    """A bank account as it is now; False when it belongs to a unit out of sight."""
    mapping = account.mapping.model_dump_json() if account.mapping else None
    done = await tx.driver.fetchrow(
        f"WITH added AS (INSERT INTO bank_accounts ({ACCOUNT})"
        " VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8) ON CONFLICT DO NOTHING RETURNING id),"
        " changed AS (UPDATE bank_accounts SET unit = $3, name = $5, mapping = $7::jsonb,"
        " automatic_from = $8 WHERE id = $1 RETURNING id)"
        " SELECT id FROM added UNION ALL SELECT id FROM changed",
        account.account,
        account.company,
        account.unit,
        account.number,
        account.name,
        account.currency,
        mapping,
        account.automatic_from,
    )
    return done is not None


async def accounts(
    tx: Transaction, company: str | None = None, *, lock: bool = False
) -> list[BankAccount]:
    """The bank accounts in scope, by name; locked, so that no two imports meet."""
    rows = await tx.driver.fetch(
        f"SELECT {ACCOUNT} FROM bank_accounts WHERE $1::text IS NULL OR company = $1"
        f" ORDER BY name, id {'FOR UPDATE' if lock else ''}",
        company,
    )
    return [_account(row) for row in rows]


def _account(row: Row) -> BankAccount:
    mapping = row["mapping"]
    return BankAccount(
        account=row["id"],
        company=row["company"],
        unit=row["unit"],
        number=row["number"],
        name=row["name"],
        currency=row["currency"],
        mapping=None if mapping is None else CsvMapping.model_validate(mapping),
        automatic_from=row["automatic_from"],
    )


async def statement_named(tx: Transaction, account: UUID, key: str) -> Row | None:
    """The statement of this name, if it was imported before."""
    return await tx.driver.fetchrow(
        "SELECT id, digest FROM bank_statements WHERE account = $1 AND key = $2", account, key
    )


async def known_entries(
    tx: Transaction, account: UUID, names: Sequence[str]
) -> dict[str, tuple[date, Decimal]]:
    """Those of these entries that came before, with day and amount."""
    rows = await tx.driver.fetch(
        "SELECT key, booked_on, amount FROM bank_entries WHERE account = $1 AND key = ANY ($2)",
        account,
        names,
    )
    return {row["key"]: (row["booked_on"], row["amount"]) for row in rows}


ENTRY = (
    "id", "account", "statement", "company", "unit", "key", "booked_on", "value_on", "currency",
    "amount", "reference", "text", "payer", "payer_account", "is_return", "state",
)  # fmt: skip


async def add_statement(
    tx: Transaction,
    account: BankAccount,
    said: Statement,
    about: Mapping[str, Any],
    new: Iterable[tuple[str, Entry]],
) -> int:
    """Keep a statement and those of its entries that no earlier one had; how many these are."""
    rows = [_entry(account, about["id"], key, entry) for key, entry in new]
    values = dict(about) | {
        "account": account.account,
        "company": account.company,
        "unit": account.unit,
        "currency": said.currency,
        "opening": said.opening and said.opening.amount,
        "closing": said.closing and said.closing.amount,
        "entries": len(rows),
        "left_out": said.left_out,
    }
    places = ", ".join(f"${place}" for place, _ in enumerate(values, start=1))
    await tx.driver.execute(
        f"INSERT INTO bank_statements ({', '.join(values)}) VALUES ({places})", *values.values()
    )
    return await tx.bulk("bank_entries", ENTRY, rows)


def _entry(account: BankAccount, statement: UUID, key: str, entry: Entry) -> tuple[Any, ...]:
    return (
        uuid5(account.account, key), account.account, statement, account.company, account.unit,
        key, entry.booked_on, entry.value_on, entry.amount.currency, entry.amount.amount,
        entry.reference, entry.text, entry.payer, entry.payer_account, entry.returned, "new",
    )  # fmt: skip


STATEMENTS = """
SELECT s.*, a.name AS account_name, (
    SELECT jsonb_object_agg(state, n) FROM (
        SELECT state, count(*) AS n FROM bank_entries e WHERE e.statement = s.id GROUP BY state
    ) counted) AS states
FROM bank_statements s JOIN bank_accounts a ON a.id = s.account
"""


async def statements_by_id(tx: Transaction, ids: Collection[UUID]) -> Sequence[Row]:
    """These statements, as far as they are in scope."""
    return await tx.driver.fetch(f"{STATEMENTS} WHERE s.id = ANY ($1)", list(ids))


def states(row: Row) -> dict[str, int]:
    """How many entries of a statement are in which state."""
    counted: dict[str, int] = row["states"] or {}
    return counted


async def list_statements(
    tx: Transaction, account: UUID | None, after: tuple[date, UUID] | None, limit: int
) -> Sequence[Row]:
    """Statements in scope, the latest first."""
    return await tx.driver.fetch(
        f"{STATEMENTS} WHERE ($1::uuid IS NULL OR s.account = $1)"
        " AND ($2::date IS NULL OR (s.to_on, s.id) < ($2, $3::uuid))"
        " ORDER BY s.to_on DESC, s.id DESC LIMIT $4",
        account,
        *(after or (None, None)),
        limit,
    )


ENTRIES = """
SELECT e.*, c.name AS customer_name FROM bank_entries e
LEFT JOIN customers c ON c.customer = e.customer
"""


async def entry_shown(tx: Transaction, entry: UUID) -> Row | None:
    """An entry, with what people are shown of it."""
    return await tx.driver.fetchrow(f"{ENTRIES} WHERE e.id = $1", entry)


Which = tuple[str | None, UUID | None, UUID | None]
"""State, account, statement."""


async def list_entries(
    tx: Transaction, which: Which, after: tuple[date, UUID] | None, limit: int
) -> Sequence[Row]:
    """Entries in scope, the oldest first."""
    return await tx.driver.fetch(
        f"{ENTRIES} WHERE ($1::text IS NULL OR e.state = $1)"
        " AND ($2::uuid IS NULL OR e.account = $2) AND ($3::uuid IS NULL OR e.statement = $3)"
        " AND ($4::date IS NULL OR (e.booked_on, e.id) > ($4, $5::uuid))"
        " ORDER BY e.booked_on, e.id LIMIT $6",
        *which,
        *(after or (None, None)),
        limit,
    )


async def lock_entry(tx: Transaction, entry: UUID) -> Line | None:
    """An entry that somebody decides about."""
    row = await tx.driver.fetchrow("SELECT * FROM bank_entries WHERE id = $1 FOR UPDATE", entry)
    return None if row is None else line(row)


def line(row: Row) -> Line:
    """An entry from its row."""
    entry = Entry(
        booked_on=row["booked_on"],
        amount=Money(row["amount"], row["currency"]),
        value_on=row["value_on"],
        reference=row["reference"],
        text=row["text"],
        payer=row["payer"],
        payer_account=row["payer_account"],
        returned=row["is_return"],
    )
    return Line(
        id=row["id"],
        statement=row["statement"],
        account=row["account"],
        company=row["company"],
        unit=row["unit"],
        key=row["key"],
        entry=entry,
        is_return=row["is_return"],
        state=row["state"],
        customer=row["customer"],
        payment=row["payment"],
    )


UNMATCHED = """
SELECT s.id, s.imported_by, a.automatic_from FROM bank_statements s
JOIN bank_accounts a ON a.id = s.account
WHERE s.matched_at IS NULL ORDER BY s.id LIMIT 1
"""


async def next_unmatched(tx: Transaction) -> Row | None:
    """The statement whose entries are to be matched next, the one imported first."""
    return await tx.driver.fetchrow(UNMATCHED)


ALONE = "one-by-one"
"""The reason of a new entry whose batch could not be booked."""


async def take_new(
    tx: Transaction, statement: UUID, limit: int, *, came_in: bool, apart: bool = False
) -> list[Line]:
    """Entries that nobody has looked at yet: money that came in, or money that went out.

    Money that came in is either in a batch or set apart; what went out is never in a batch.
    """
    rows = await tx.driver.fetch(
        "SELECT * FROM bank_entries WHERE statement = $1 AND state = 'new' AND (amount > 0) = $3"
        " AND (amount < 0 OR (reason IS NOT NULL) = $4) ORDER BY id LIMIT $2"
        " FOR UPDATE SKIP LOCKED",
        statement,
        limit,
        came_in,
        apart,
    )
    return [line(row) for row in rows]


async def set_apart(tx: Transaction, entries: Sequence[UUID]) -> None:
    """Remember that a batch could not be booked: its entries are done one by one."""
    await tx.driver.execute(
        "UPDATE bank_entries SET reason = $2 WHERE id = ANY ($1)", entries, ALONE
    )


# A refusal's code has a dot, a reason of the matching rules has none.
REFUSED_AGAIN = """
WITH again AS (
    UPDATE bank_entries e SET state = 'new', reason = $2, note = NULL, decided_at = NULL
    FROM bank_statements s
    WHERE s.id = e.statement AND s.matched_at IS NOT NULL AND e.account = $1
      AND e.state = 'open' AND e.decided_by IS NULL AND e.reason LIKE '%.%'
    RETURNING e.statement)
UPDATE bank_statements SET matched_at = NULL WHERE id IN (SELECT statement FROM again)
"""


async def try_refused_again(tx: Transaction, account: UUID) -> None:
    """What could not be booked is looked at once more, in statements that are done otherwise."""
    await tx.driver.execute(REFUSED_AGAIN, account, ALONE)


async def names(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, Row]:
    """Numbers and names of those of these customers whom the asking person may see."""
    rows = await tx.driver.fetch(
        "SELECT customer, number, name FROM customers WHERE customer = ANY ($1)", list(ids)
    )
    return {row["customer"]: row for row in rows}


async def has_new(tx: Transaction, statement: UUID, *, came_in: bool | None = None) -> bool:
    """Whether some entries were not looked at yet, or somebody else is at it just now."""
    found: bool = await tx.driver.fetchval(
        "SELECT EXISTS (SELECT FROM bank_entries WHERE statement = $1 AND state = 'new'"
        " AND ($2::boolean IS NULL OR (amount > 0) = $2))",
        statement,
        came_in,
    )
    return found


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of an entry."""

    entry: UUID
    state: str
    match: Match | None = None
    payment: UUID | None = None
    reason: str | None = None
    note: str | None = None


async def decide(tx: Transaction, made: Sequence[Decision], by: UUID | None = None) -> None:
    """Write down what became of entries, and who said so."""
    columns: list[list[Any]] = [
        [one.entry for one in made],
        [one.state for one in made],
        [one.match.customer if one.match and one.payment else None for one in made],
        [one.payment for one in made],
        [one.match.score if one.match else None for one in made],
        [one.reason or (one.match.reason if one.match else None) for one in made],
        [one.note for one in made],
    ]
    await tx.driver.execute(
        "UPDATE bank_entries e SET state = d.state, customer = d.customer, payment = d.payment,"
        " score = d.score, reason = d.reason, note = d.note, decided_by = $8, decided_at = now()"
        " FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::numeric[], $6::text[],"
        " $7::text[]) AS d (id, state, customer, payment, score, reason, note)"
        " WHERE e.id = d.id",
        *columns,
        by,
    )


async def learn_payers(
    tx: Transaction, company: str, paid: Mapping[str, tuple[UUID, str, UUID | None]]
) -> None:
    """Remember from which accounts customers paid: customer, unit and owner by number."""
    if paid:
        await tx.driver.execute(
            "INSERT INTO bank_payers (company, number, customer, unit, owner)"
            " SELECT $1, * FROM unnest($2::text[], $3::uuid[], $4::text[], $5::uuid[])"
            " ON CONFLICT DO NOTHING",
            company,
            list(paid),
            *(list(column) for column in zip(*paid.values(), strict=True)),
        )


async def forget_payer(tx: Transaction, company: str, number: str, customer: UUID) -> None:
    """A match was wrong: the account says nothing of this customer any more."""
    await tx.driver.execute(
        "DELETE FROM bank_payers WHERE company = $1 AND number = $2 AND customer = $3",
        company,
        number,
        customer,
    )


ORIGINAL = """
SELECT * FROM bank_entries
WHERE account = $1 AND reference = $2 AND state = 'matched' AND amount = $3 AND booked_on <= $4
  AND NOT EXISTS (SELECT FROM bank_entries back
                  WHERE back.payment = bank_entries.payment AND back.state = 'returned')
ORDER BY booked_on DESC, id LIMIT 2
"""


async def originals(tx: Transaction, back: Line) -> list[Line]:
    """The entries whose payment this one may give back: same reference, same amount."""
    rows = await tx.driver.fetch(
        ORIGINAL, back.account, back.entry.reference, -back.entry.amount.amount,
        back.entry.booked_on,
    )  # fmt: skip
    return [line(row) for row in rows]


MATCHED = """
UPDATE bank_statements SET matched_at = now() WHERE id = $1 AND matched_at IS NULL RETURNING *, (
    SELECT jsonb_object_agg(state, n) FROM (
        SELECT state, count(*) AS n FROM bank_entries WHERE statement = $1 GROUP BY state
    ) counted) AS states,
    (SELECT name FROM bank_accounts WHERE id = account) AS account_name
"""


async def finish(tx: Transaction, statement: UUID) -> Row | None:
    """All entries of a statement were looked at; None when somebody else has said so."""
    return await tx.driver.fetchrow(MATCHED, statement)
