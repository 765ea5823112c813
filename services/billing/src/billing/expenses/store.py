"""Budgets, commitments and claims in the database."""

# ruff: noqa: S608 - statements are made of our own names; values are parameters

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Date, DateTime, Integer, Numeric, Table, Text, Uuid

from billing.batch import Row, insert_many
from billing.expenses.model import (
    Budget,
    Cell,
    Change,
    Claim,
    Commitment,
    Line,
    Over,
    State,
)
from billing.tables import metadata
from kernel.database import Transaction
from kernel.money import Money

expense_categories = Table(
    "expense_categories",
    metadata,
    Column("company", Text, primary_key=True),
    Column("category", Text, primary_key=True),
    Column("name", Text),
    Column("over", Text),
)

budgets = Table(
    "budgets",
    metadata,
    Column("company", Text),
    Column("unit", Text, primary_key=True),
    Column("category", Text, primary_key=True),
    Column("month", Date, primary_key=True),
    Column("currency", Text, primary_key=True),
    Column("amount", Numeric),
    Column("committed", Numeric),
    Column("actual", Numeric),
)

expense_commitments = Table(
    "expense_commitments",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("company", Text),
    Column("unit", Text),
    Column("category", Text),
    Column("month", Date),
    Column("currency", Text),
    Column("amount", Numeric),
    Column("open", Numeric),
    Column("description", Text),
    Column("made_by", Uuid),
    Column("made_at", DateTime(timezone=True)),
    Column("released_by", Uuid),
    Column("reason", Text),
)

expense_claims = Table(
    "expense_claims",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("company", Text),
    Column("unit", Text),
    Column("claimant", Uuid),
    Column("purpose", Text),
    Column("currency", Text),
    Column("total", Numeric),
    Column("state", Text),
    Column("submitted_at", DateTime(timezone=True)),
    Column("decided_by", Uuid),
    Column("decided_at", DateTime(timezone=True)),
    Column("reason", Text),
)

expense_lines = Table(
    "expense_lines",
    metadata,
    Column("claim", Uuid, primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("unit", Text),
    Column("claimant", Uuid),
    Column("category", Text),
    Column("spent_on", Date),
    Column("amount", Numeric),
    Column("description", Text),
    Column("receipt", Text),
    Column("commitment", Uuid),
    Column("taken", Numeric),
)

expense_receipts = Table(
    "expense_receipts",
    metadata,
    Column("company", Text, primary_key=True),
    Column("receipt", Text, primary_key=True),
    Column("claim", Uuid),
    Column("unit", Text),
    Column("claimant", Uuid),
)

ANY_COMPANY = "*"
CELL = ("unit", "category", "month", "currency")

CATEGORIES = """
SELECT DISTINCT ON (category) category, name, over FROM expense_categories
WHERE company IN ($1, '*') ORDER BY category, company = '*'
"""


async def categories_of(tx: Transaction, company: str) -> dict[str, Row]:
    """The categories that hold in a company; its own rows go before those for every company."""
    return {row["category"]: row for row in await tx.driver.fetch(CATEGORIES, company)}


async def put_category(tx: Transaction, company: str, category: str, name: str, over: str) -> None:
    """How a category is called and what its budget does from now on."""
    await tx.driver.execute(
        "INSERT INTO expense_categories VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (company, category) DO UPDATE SET name = $3, over = $4",
        company,
        category,
        name,
        over,
    )


LOCK = """
SELECT b.* FROM budgets b
JOIN unnest($1::text[], $2::text[], $3::date[]) AS w (unit, category, month)
     USING (unit, category, month)
ORDER BY b.unit, b.category, b.month, b.currency FOR UPDATE OF b
"""


async def lock(tx: Transaction, company: str, cells: Collection[Cell]) -> list[Row]:
    """The budgets of these cells in every currency, locked in one order for everybody."""
    wanted = sorted(set(cells))
    rows = [(company, one.unit, one.category, one.month, one.currency) for one in wanted]
    await insert_many(tx, budgets, ("company", *CELL), rows, "ON CONFLICT DO NOTHING")
    places = sorted({(one.unit, one.category, one.month) for one in wanted})
    return list(await tx.driver.fetch(LOCK, *map(list, zip(*places, strict=True))))


def cell(row: Row) -> Cell:
    """The place of a budget from its row."""
    return Cell(row["unit"], row["category"], row["month"], row["currency"])


def budget(row: Row, over: Over) -> Budget:
    """A budget from its row."""
    currency, amount = row["currency"], row["amount"]
    return Budget(
        cell(row),
        None if amount is None else Money(amount, currency),
        Money(row["committed"], currency),
        Money(row["actual"], currency),
        over,
    )


ADD = """
UPDATE budgets b SET committed = b.committed + c.committed, actual = b.actual + c.actual
FROM unnest($1::text[], $2::text[], $3::date[], $4::text[], $5::numeric[], $6::numeric[])
     AS c (unit, category, month, currency, committed, actual)
WHERE (b.unit, b.category, b.month, b.currency) = (c.unit, c.category, c.month, c.currency)
"""


async def add(tx: Transaction, changes: Mapping[Cell, Change]) -> None:
    """Add what is promised and spent to the budgets."""
    rows = [
        (at.unit, at.category, at.month, at.currency, by.committed, by.actual)
        for at, by in changes.items()
        if by != Change()
    ]
    if rows:
        await tx.driver.execute(ADD, *map(list, zip(*rows, strict=True)))


async def set_budgets(
    tx: Transaction, company: str, amounts: Mapping[Cell, Decimal | None]
) -> None:
    """What may be spent from now on; what was spent stays as it is."""
    rows = [
        (company, at.unit, at.category, at.month, at.currency, amounts[at])
        for at in sorted(amounts)
    ]
    ending = "ON CONFLICT (unit, category, month, currency) DO UPDATE SET amount = excluded.amount"
    await insert_many(tx, budgets, ("company", *CELL, "amount"), rows, ending)


BUDGETS = """
SELECT * FROM budgets WHERE company = $1 AND month >= $2 AND month < $3
  AND ($4::text IS NULL OR unit = $4) AND ($5::text IS NULL OR category = $5)
  AND ($6::text IS NULL OR (unit, category, month, currency) > ($6, $7::text, $8::date, $9::text))
ORDER BY unit, category, month, currency LIMIT $10
"""


async def list_budgets(
    tx: Transaction,
    company: str,
    months: tuple[date, date],
    which: tuple[str | None, str | None],
    after: tuple[Any, ...] | None,
    limit: int,
) -> Sequence[Row]:
    """Budgets in scope by unit, category and month; `which` is a unit and a category."""
    place = after or (None,) * 4
    return await tx.driver.fetch(BUDGETS, company, *months, *which, *place, limit)


COMMITMENT = "id, company, unit, category, month, currency, amount, open, description, made_by"


async def add_commitment(
    tx: Transaction, made: Commitment, description: str, by: UUID, at: datetime
) -> None:
    """A new commitment, all of it open."""
    on = made.cell
    await tx.driver.execute(
        f"INSERT INTO expense_commitments ({COMMITMENT}, made_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10)",
        made.id, made.company, on.unit, on.category, on.month, on.currency,
        made.amount.amount, description, by, at,
    )  # fmt: skip


async def commitments(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, Row]:
    """Commitments by id, those of them that are in scope."""
    rows = await tx.driver.fetch("SELECT * FROM expense_commitments WHERE id = ANY ($1)", list(ids))
    return {row["id"]: row for row in rows}


def commitment(row: Row) -> Commitment:
    """A commitment from its row."""
    currency = row["currency"]
    return Commitment(
        row["id"],
        row["company"],
        cell(row),
        Money(row["amount"], currency),
        Money(row["open"], currency),
    )


async def open_commitments(
    tx: Transaction, unit: str | None, after: UUID | None, limit: int
) -> Sequence[Row]:
    """Commitments of which something is open, the oldest first; ids are ordered by time."""
    return await tx.driver.fetch(
        "SELECT * FROM expense_commitments WHERE open > 0 AND ($1::text IS NULL OR unit = $1)"
        " AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3",
        unit,
        after,
        limit,
    )


async def take_from(tx: Transaction, taken: Mapping[UUID, Decimal]) -> None:
    """Take amounts off what is open of commitments; below zero gives them back."""
    await tx.driver.execute(
        "UPDATE expense_commitments c SET open = c.open - t.amount"
        " FROM unnest($1::uuid[], $2::numeric[]) AS t (id, amount) WHERE c.id = t.id",
        list(taken),
        list(taken.values()),
    )


async def release(tx: Transaction, commitment_: UUID, by: UUID, reason: str) -> None:
    """Nothing more is expected of a commitment."""
    await tx.driver.execute(
        "UPDATE expense_commitments SET open = 0, released_by = $2, reason = $3 WHERE id = $1",
        commitment_,
        by,
        reason,
    )


async def add_claim(tx: Transaction, claim: Claim, taken: Mapping[int, Decimal]) -> None:
    """A new claim with its lines; `taken` is what of each line had been committed."""
    await tx.driver.execute(
        "INSERT INTO expense_claims (id, company, unit, claimant, purpose, currency, total, state)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        claim.id, claim.company, claim.unit, claim.claimant, claim.purpose,
        claim.total.currency, claim.total.amount, claim.state.value,
    )  # fmt: skip
    rows = [
        (
            claim.id, each.line, claim.unit, claim.claimant, each.category, each.spent_on,
            each.amount.amount, each.description, each.receipt, each.commitment,
            taken.get(each.line, Decimal(0)),
        )
        for each in claim.lines
    ]  # fmt: skip
    await insert_many(tx, expense_lines, tuple(expense_lines.c.keys()), rows)


KEEP_RECEIPTS = """
INSERT INTO expense_receipts (company, receipt, claim, unit, claimant)
SELECT $1, receipt, $3, $4, $5 FROM unnest($2::text[]) receipt
ON CONFLICT DO NOTHING RETURNING receipt
"""


async def keep_receipts(tx: Transaction, claim: Claim) -> set[str]:
    """Keep the claim's receipts for it; returns those that are in another claim."""
    wanted = sorted({line.receipt for line in claim.lines if line.receipt})
    which = (claim.company, wanted, claim.id, claim.unit, claim.claimant)
    kept = await tx.driver.fetch(KEEP_RECEIPTS, *which)
    return set(wanted) - {row["receipt"] for row in kept}


async def free_receipts(tx: Transaction, claim: UUID) -> None:
    """The receipts of a claim that came to nothing may be claimed again."""
    await tx.driver.execute("DELETE FROM expense_receipts WHERE claim = $1", claim)


async def decide(tx: Transaction, claim: UUID, state: State, by: UUID | None, reason: str) -> None:
    """What became of a claim."""
    await tx.driver.execute(
        "UPDATE expense_claims SET state = $2, decided_by = $3, decided_at = now(), reason = $4"
        " WHERE id = $1",
        claim,
        state.value,
        by,
        reason,
    )


CLAIMS = """
SELECT c.*, p.name AS claimant_name FROM expense_claims c
LEFT JOIN people p ON p.person = c.claimant
"""
LIST_CLAIMS = f"""
{CLAIMS} WHERE ($1::text IS NULL OR c.company = $1) AND ($2::text IS NULL OR c.unit = $2)
  AND ($3::uuid IS NULL OR c.claimant = $3) AND ($4::text IS NULL OR c.state = $4)
  AND ($5::uuid IS NULL OR c.id < $5)
ORDER BY c.id DESC LIMIT $6
"""

Which = tuple[str | None, str | None, UUID | None, str | None]
"""Company, unit, claimant, state."""


async def claim_row(tx: Transaction, claim: UUID) -> Row | None:
    """One claim as people are shown it."""
    return await tx.driver.fetchrow(f"{CLAIMS} WHERE c.id = $1", claim)


async def list_claims(
    tx: Transaction, which: Which, before: UUID | None, limit: int
) -> Sequence[Row]:
    """Claims in scope, the latest first; ids are ordered by time."""
    return await tx.driver.fetch(LIST_CLAIMS, *which, before, limit)


async def lines_of(tx: Transaction, claims: Iterable[UUID]) -> dict[UUID, list[Row]]:
    """The lines of claims, in their order."""
    found: dict[UUID, list[Row]] = {claim: [] for claim in claims}
    query = "SELECT * FROM expense_lines WHERE claim = ANY ($1) ORDER BY claim, line"
    for row in await tx.driver.fetch(query, list(found)):
        found[row["claim"]].append(row)
    return found


def claim(row: Row, lines: Sequence[Row]) -> Claim:
    """A claim from its rows."""
    currency = row["currency"]
    return Claim(
        row["id"],
        row["company"],
        row["unit"],
        row["claimant"],
        row["purpose"],
        State(row["state"]),
        Money(row["total"], currency),
        [
            Line(
                each["line"],
                each["category"],
                each["spent_on"],
                Money(each["amount"], currency),
                each["description"],
                each["receipt"],
                each["commitment"],
            )
            for each in lines
        ],
    )


WITHIN = "($2::date <= {day} AND {day} < $3 OR $4::date <= {day} AND {day} < $5)"
SPENT = f"""
SELECT {{key}} AS key, b.currency, sum(b.amount) FILTER (WHERE month >= $2) AS budget,
       coalesce(sum(committed) FILTER (WHERE month >= $2), 0) AS committed,
       coalesce(sum(actual) FILTER (WHERE month >= $2), 0) AS actual,
       coalesce(sum(actual) FILTER (WHERE month < $2), 0) AS before
FROM budgets b {{joined}}
WHERE b.company = $1 AND {WITHIN.format(day="month")} AND {{wanted}}
GROUP BY 1, 2
"""
SOLD = f"""
SELECT {{key}} AS key, d.currency, sum(net) FILTER (WHERE issued_on >= $2) AS now,
       sum(net) FILTER (WHERE issued_on < $2) AS before
FROM (SELECT company, unit, currency, issued_on,
             CASE kind WHEN 'invoice' THEN net ELSE -net END AS net
      FROM documents WHERE kind IN ('invoice', 'credit-note')) d {{joined}}
WHERE d.company = $1 AND {WITHIN.format(day="issued_on")} AND {{wanted}}
GROUP BY 1, 2
"""
# A unit's row contains those below it; whoever asks is shown the units of their scope.
ROLLED = """
JOIN (WITH RECURSIVE up (unit, at) AS (
          SELECT unit, unit FROM units WHERE company = $1
          UNION SELECT up.unit, u.parent FROM up JOIN units u ON u.unit = up.at
          WHERE u.parent IS NOT NULL)
      SELECT unit, at FROM up) up ON up.unit = {row}.unit
"""
IN_SCOPE = "up.at = ANY ($6::text[])"
NOT_ASKED = "$6::text[] IS NOT NULL"
MONTH = (
    "to_char(date_trunc('month', {day} + CASE WHEN {day} < $2 THEN interval '1 year'"
    " ELSE interval '0' END), 'YYYY-MM')"
)


def _by(spent_key: str, sold_key: str) -> tuple[str, str]:
    rolled = spent_key == "up.at"
    wanted = IN_SCOPE if rolled else NOT_ASKED
    spent = SPENT.format(
        key=spent_key, joined=ROLLED.format(row="b") if rolled else "", wanted=wanted
    )
    sold = SOLD.format(key=sold_key, joined=ROLLED.format(row="d") if rolled else "", wanted=wanted)
    return spent, sold


BY = {
    None: _by("NULL::text", "NULL::text"),
    "unit": _by("up.at", "up.at"),
    "category": _by("category", "NULL::text"),
    "month": _by(MONTH.format(day="month"), MONTH.format(day="issued_on")),
}


async def spent_and_sold(
    tx: Transaction,
    company: str,
    days: tuple[date, date, date, date],
    by: str | None,
    units: Sequence[str],
) -> tuple[Sequence[Row], Sequence[Row]]:
    """Expenses and sales of a period and of the year before, by unit, category or month.

    Args:
        days: the period's first day and the one after its last, and the same a year before.
        units: those whose rows are shown.
    """
    spent, sold = BY[by]
    which = (company, *days, list(units))
    return await tx.driver.fetch(spent, *which), await tx.driver.fetch(sold, *which)


async def unit_names(tx: Transaction, company: str) -> dict[str, Row]:
    """How the units of a company are called."""
    rows = await tx.driver.fetch("SELECT unit, key, name FROM units WHERE company = $1", company)
    return {row["unit"]: row for row in rows}
