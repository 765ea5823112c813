"""Checklists, reviews and answers in the database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, Numeric, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from billing.batch import Row
from billing.contract_review.model import Answer, Found, Item, Review, State
from billing.tables import metadata
from kernel.database import Transaction
from kernel.money import Money

contract_checklists = Table(
    "contract_checklists",
    metadata,
    Column("company", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("items", JSONB),
)

contract_reviews = Table(
    "contract_reviews",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("company", Text),
    Column("unit", Text),
    Column("requested_by", Uuid),
    Column("customer", Uuid),
    Column("contract", Uuid),
    Column("number", Text),
    Column("kind", Text),
    Column("currency", Text),
    Column("value", Numeric),
    Column("items", JSONB),
    Column("file", Text),
    Column("state", Text),
    Column("opened_at", DateTime(timezone=True)),
    Column("decided_by", Uuid),
    Column("decided_at", DateTime(timezone=True)),
    Column("reason", Text),
)

contract_answers = Table(
    "contract_answers",
    metadata,
    Column("review", Uuid, primary_key=True),
    Column("item", Text, primary_key=True),
    Column("unit", Text),
    Column("requested_by", Uuid),
    Column("found", Text),
    Column("note", Text),
    Column("answered_by", Uuid),
    Column("answered_at", DateTime(timezone=True)),
)

CHECKLISTS = """
SELECT DISTINCT ON (kind) kind, items FROM contract_checklists
WHERE company IN ($1, '*') ORDER BY kind, company = '*'
"""


async def checklists_of(tx: Transaction, company: str) -> dict[str, list[Item]]:
    """What is looked at, by kind; a company's own lists go before those for every company."""
    rows = await tx.driver.fetch(CHECKLISTS, company)
    return {row["kind"]: [item(each) for each in row["items"]] for row in rows}


def item(said: Mapping[str, Any]) -> Item:
    """A point of a checklist as it is kept."""
    return Item(said["key"], said["texts"], said["mandatory"], said["role"])


def _kept(items: Iterable[Item]) -> str:
    return json.dumps(
        [
            {
                "key": each.key,
                "texts": dict(each.texts),
                "mandatory": each.mandatory,
                "role": each.role,
            }
            for each in items
        ]
    )


async def put_checklist(tx: Transaction, company: str, kind: str, items: Sequence[Item]) -> None:
    """What is looked at from now on."""
    await tx.driver.execute(
        "INSERT INTO contract_checklists VALUES ($1, $2, $3::text::jsonb)"
        " ON CONFLICT (company, kind) DO UPDATE SET items = excluded.items",
        company,
        kind,
        _kept(items),
    )


async def add(tx: Transaction, review: Review, about: Mapping[str, Any]) -> None:
    """A new review; `about` is customer, contract, number, kind and file."""
    await tx.driver.execute(
        "INSERT INTO contract_reviews (id, company, unit, requested_by, currency, value, items,"
        " state, customer, contract, number, kind, file)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb, $8, $9, $10, $11, $12, $13)",
        review.id, review.company, review.unit, review.requested_by, review.value.currency,
        review.value.amount, _kept(review.items), review.state.value,
        about["customer"], about["contract"], about["number"], about["kind"], about["file"],
    )  # fmt: skip


async def answer(tx: Transaction, review: Review, said: Answer) -> None:
    """What somebody found at a point, instead of what was found before."""
    await tx.driver.execute(
        "INSERT INTO contract_answers (review, item, unit, requested_by, found, note, answered_by)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (review, item) DO UPDATE"
        " SET found = $5, note = $6, answered_by = $7, answered_at = now()",
        review.id,
        said.item,
        review.unit,
        review.requested_by,
        said.found.value,
        said.note,
        said.by,
    )


async def turn(tx: Transaction, review: UUID, state: State) -> None:
    """How far a review is now."""
    query = "UPDATE contract_reviews SET state = $2 WHERE id = $1"
    await tx.driver.execute(query, review, state.value)


async def decide(tx: Transaction, review: UUID, state: State, by: UUID | None, why: str) -> Row:
    """What was decided; returns the row as it is then."""
    row = await tx.driver.fetchrow(
        "UPDATE contract_reviews SET state = $2, decided_by = $3, decided_at = now(), reason = $4"
        " WHERE id = $1 RETURNING *",
        review,
        state.value,
        by,
        why,
    )
    assert row is not None, "it was locked"
    return row


async def lock(tx: Transaction, review: UUID) -> Row | None:
    """A review, until the transaction ends."""
    query = "SELECT * FROM contract_reviews WHERE id = $1 FOR UPDATE"
    return await tx.driver.fetchrow(query, review)


async def answers_of(tx: Transaction, reviews: Iterable[UUID]) -> dict[UUID, dict[str, Row]]:
    """What was found, by review and point."""
    found: dict[UUID, dict[str, Row]] = {review: {} for review in reviews}
    query = "SELECT * FROM contract_answers WHERE review = ANY ($1)"
    for row in await tx.driver.fetch(query, list(found)):
        found[row["review"]][row["item"]] = row
    return found


def review(row: Row, answers: Mapping[str, Row]) -> Review:
    """A review from its rows."""
    return Review(
        row["id"],
        row["company"],
        row["unit"],
        row["requested_by"],
        Money(row["value"], row["currency"]),
        State(row["state"]),
        [item(each) for each in row["items"]],
        {
            key: Answer(key, Found(each["found"]), each["note"], each["answered_by"])
            for key, each in answers.items()
        },
    )


SHOWN = """
SELECT r.*, c.name AS customer_name, p.name AS requested_by_name FROM contract_reviews r
LEFT JOIN customers c USING (customer) LEFT JOIN people p ON p.person = r.requested_by
"""
LIST = f"""
{SHOWN} WHERE ($1::text IS NULL OR r.company = $1) AND ($2::uuid IS NULL OR r.customer = $2)
  AND ($3::text IS NULL OR r.state = $3) AND ($4::uuid IS NULL OR r.id < $4)
ORDER BY r.id DESC LIMIT $5
"""


async def shown(tx: Transaction, review_: UUID) -> Row | None:
    """One review with the names it speaks of."""
    return await tx.driver.fetchrow(f"{SHOWN} WHERE r.id = $1", review_)


async def list_reviews(
    tx: Transaction,
    which: tuple[str | None, UUID | None, str | None],
    before: UUID | None,
    limit: int,
) -> Sequence[Row]:
    """Reviews in scope, the latest first; `which` is company, customer and state."""
    return await tx.driver.fetch(LIST, *which, before, limit)
