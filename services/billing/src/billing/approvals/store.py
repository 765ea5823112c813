"""Requests and votes in the database."""

# ruff: noqa: S608 - statements are made of our own names; values are parameters

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, DateTime, Integer, Numeric, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from billing.approvals.model import Approval, State, Vote
from billing.batch import Row, insert_many
from billing.tables import metadata
from kernel.database import Transaction
from kernel.money import Money

approvals = Table(
    "approvals",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("act", Text),
    Column("company", Text),
    Column("unit", Text),
    Column("customer", Uuid),
    Column("subject", Uuid),
    Column("amount", Numeric),
    Column("currency", Text),
    Column("requested_by", Uuid),
    Column("requested_at", DateTime(timezone=True)),
    Column("reason", Text),
    Column("details", JSONB),
    Column("only_roles", Text),
    Column("state", Text),
    Column("decided_at", DateTime(timezone=True)),
)

approval_votes = Table(
    "approval_votes",
    metadata,
    Column("approval", Uuid, primary_key=True),
    Column("person", Uuid, primary_key=True),
    Column("nth", Integer),
    Column("company", Text),
    Column("unit", Text),
    Column("owner", Uuid),
    Column("approve", Boolean),
    Column("alone", Boolean),
    Column("reason", Text),
    Column("voted_at", DateTime(timezone=True)),
)

APPROVAL = (
    "id", "act", "company", "unit", "customer", "subject", "amount", "currency", "requested_by",
    "requested_at", "reason", "details", "only_roles", "state", "decided_at",
)  # fmt: skip
VOTE = (
    "approval", "person", "nth", "company", "unit", "owner", "approve", "alone", "reason",
    "voted_at",
)  # fmt: skip
ONE = f"SELECT {', '.join(APPROVAL)} FROM approvals WHERE id = $1"


ONCE = "ON CONFLICT (act, subject) WHERE state = 'waiting' DO NOTHING"


async def add(tx: Transaction, asked: Iterable[Approval]) -> None:
    """New requests, but for those about whose subject the same act waits already."""
    await insert_many(tx, approvals, APPROVAL, [_values(one) for one in asked], ONCE)


def _values(one: Approval) -> tuple[Any, ...]:
    return (
        one.id,
        one.act,
        one.company,
        one.unit,
        one.customer,
        one.subject,
        None if one.amount is None else one.amount.amount,
        one.currency,
        one.requested_by,
        one.requested_at,
        one.reason,
        json.dumps(one.details),
        None if one.only_roles is None else ",".join(sorted(one.only_roles)),
        one.state.value,
        one.decided_at,
    )


async def find(tx: Transaction, approval: UUID, *, lock: bool = False) -> Approval | None:
    """A request as it is now, until the transaction ends if it is locked."""
    row = await tx.driver.fetchrow(f"{ONE} FOR UPDATE" if lock else ONE, approval)
    if row is None:
        return None
    votes = await votes_of(tx, [approval])
    return from_row(row, [vote(each) for each in votes.get(approval, ())])


def from_row(row: Row, votes: Sequence[Vote]) -> Approval:
    """A request from its row."""
    amount = row["amount"]
    return Approval(
        id=row["id"],
        act=row["act"],
        company=row["company"],
        unit=row["unit"],
        customer=row["customer"],
        subject=row["subject"],
        amount=None if amount is None else Money(amount, row["currency"]),
        currency=row["currency"],
        requested_by=row["requested_by"],
        requested_at=row["requested_at"],
        reason=row["reason"],
        details=row["details"],
        only_roles=only if (only := row["only_roles"]) is None else frozenset(only.split(",")),
        state=State(row["state"]),
        votes=tuple(votes),
        decided_at=row["decided_at"],
    )


def vote(row: Row) -> Vote:
    """A vote from its row."""
    return Vote(row["person"], row["approve"], row["alone"], row["reason"], row["voted_at"])


async def votes_of(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, list[Row]]:
    """What was said to these requests, with names, the first word first."""
    rows = await tx.driver.fetch(
        "SELECT v.*, p.name FROM approval_votes v LEFT JOIN people p USING (person)"
        " WHERE approval = ANY ($1) ORDER BY approval, nth",
        list(ids),
    )
    found: dict[UUID, list[Row]] = {}
    for row in rows:
        found.setdefault(row["approval"], []).append(row)
    return found


async def take_vote(tx: Transaction, after: Approval) -> None:
    """Keep the last word said to a request, and how the request stands with it."""
    last = after.votes[-1]
    row = (
        after.id,
        last.person,
        len(after.votes),
        after.company,
        after.unit,
        after.requested_by,
        last.approve,
        last.alone,
        last.reason,
        last.voted_at,
    )
    await insert_many(tx, approval_votes, VOTE, [row])
    await tx.driver.execute(
        "UPDATE approvals SET state = $2, decided_at = $3 WHERE id = $1",
        after.id,
        after.state.value,
        after.decided_at,
    )


async def withdraw(tx: Transaction, act: str, subjects: Collection[UUID], now: datetime) -> None:
    """What waits about these subjects waits no longer."""
    if subjects:
        await tx.driver.execute(
            "UPDATE approvals SET state = 'withdrawn', decided_at = $3"
            " WHERE act = $1 AND subject = ANY ($2) AND state = 'waiting'",
            act,
            list(subjects),
            now,
        )


async def waiting(tx: Transaction, act: str, subjects: Collection[UUID]) -> dict[UUID, UUID]:
    """The requests that wait about these subjects, by subject."""
    rows = await tx.driver.fetch(
        "SELECT subject, id FROM approvals"
        " WHERE act = $1 AND subject = ANY ($2) AND state = 'waiting'",
        act,
        list(subjects),
    )
    return {row["subject"]: row["id"] for row in rows}


SHOWN = """
SELECT a.*, c.number AS customer_number, c.name AS customer_name, p.name AS requested_by_name
FROM approvals a LEFT JOIN customers c USING (customer)
LEFT JOIN people p ON p.person = a.requested_by
"""

KINDS = """
SELECT DISTINCT company, unit, act, currency, only_roles FROM approvals
WHERE state = 'waiting' AND ($1::text IS NULL OR company = $1) AND ($2::text IS NULL OR act = $2)
"""

INBOX = f"""
{SHOWN} JOIN unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::numeric[])
    AS mine (company, unit, act, currency, only_roles, bound)
    ON (mine.company, mine.unit, mine.act, mine.currency)
     = (a.company, a.unit, a.act, a.currency)
    AND mine.only_roles IS NOT DISTINCT FROM a.only_roles
WHERE a.state = 'waiting' AND (mine.bound IS NULL OR a.amount <= mine.bound)
  AND a.requested_by IS DISTINCT FROM $7
  AND NOT EXISTS (SELECT FROM approval_votes v WHERE v.approval = a.id AND v.person = $7)
  AND ($8::timestamptz IS NULL OR (a.requested_at, a.id) > ($8, $9::uuid))
ORDER BY a.requested_at, a.id LIMIT $10
"""

HISTORY = f"""
{SHOWN}
WHERE ($1::text IS NULL OR a.company = $1) AND ($2::text IS NULL OR a.act = $2)
  AND ($3::text IS NULL OR a.state = $3) AND ($4::uuid IS NULL OR a.customer = $4)
  AND ($5::uuid IS NULL OR a.subject = $5) AND ($6::uuid IS NULL OR a.requested_by = $6)
  AND ($7::timestamptz IS NULL OR (a.requested_at, a.id) < ($7, $8::uuid))
ORDER BY a.requested_at DESC, a.id DESC LIMIT $9
"""

Kind = tuple[str, str, str, str, str | None]
"""Company, unit, act, currency, and the only roles that may decide, as they are kept."""
Place = tuple[datetime, UUID]
NOWHERE = (None, None)


async def kinds_waiting(tx: Transaction, company: str | None, act: str | None) -> list[Kind]:
    """The kinds of requests in scope that wait: few, however many requests there are."""
    return [tuple(row) for row in await tx.driver.fetch(KINDS, company, act)]


async def inbox(
    tx: Transaction,
    bounds: Mapping[Kind, Decimal | None],
    person: UUID,
    after: Place | None,
    limit: int,
) -> Sequence[Row]:
    """What waits and is within the bound of its kind, the longest waiting first.

    Args:
        bounds: up to how much the person may decide; None is without an upper bound.
    """
    if not bounds:
        return []
    mine = zip(*((*kind, bound) for kind, bound in bounds.items()), strict=True)
    return await tx.driver.fetch(INBOX, *mine, person, *(after or NOWHERE), limit)


async def history(
    tx: Transaction, which: tuple[Any, ...], after: Place | None, limit: int
) -> Sequence[Row]:
    """Requests with what became of them, the latest first.

    Args:
        which: company, act, state, customer, subject and who asked; None is any.
    """
    return await tx.driver.fetch(HISTORY, *which, *(after or NOWHERE), limit)


async def shown(tx: Transaction, approval: UUID) -> Row | None:
    """One request with the names it speaks of."""
    return await tx.driver.fetchrow(f"{SHOWN} WHERE a.id = $1", approval)
