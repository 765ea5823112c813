"""Quotas in their table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

from kernel.database import Transaction
from kernel.money import Money
from kernel.period import Period
from targets.bulk import Done, Sheet, put
from targets.plan.model import Quota
from targets.plan.rules import Overlapping

QUOTAS = Sheet(
    "quotas",
    ("id",),
    {
        "id": "uuid",
        "company": "text",
        "unit": "text",
        "person": "uuid",
        "key": "text",
        "period_start": "date",
        "period_end": "date",
        "target": "numeric",
        "currency": "text",
    },
)


async def quotas_of(tx: Transaction, people: Iterable[UUID]) -> list[Quota]:
    """All quotas of some people that are in scope."""
    rows = await tx.driver.fetch(
        "SELECT * FROM quotas WHERE person = ANY($1::uuid[])", list(people)
    )
    return [quota_of(row) for row in rows]


async def put_quotas(tx: Transaction, quotas: Sequence[Quota]) -> Done:
    """Keep quotas.

    Raises:
        Overlapping: one overlaps a quota that is outside the asking person's scope.
    """
    try:
        return await put(tx, QUOTAS, map(_row, quotas))
    except asyncpg.ExclusionViolationError as overlap:
        periods = ", ".join(sorted({quota.period.label() for quota in quotas}))
        raise Overlapping("—", periods, "—") from overlap


async def list_quotas(
    tx: Transaction,
    company: str | None,
    person: UUID | None,
    on: date | None,
    after: Sequence[Any],
    limit: int,
) -> list[tuple[Quota, str]]:
    """Quotas with the person's name, by period and person."""
    start, last = after
    rows = await tx.driver.fetch(
        """
        SELECT quotas.*, people.name FROM quotas JOIN people ON people.id = quotas.person
        WHERE quotas.company = coalesce($1, quotas.company)
        AND quotas.person = coalesce($2, quotas.person)
        AND ($3::date IS NULL OR daterange(period_start, period_end) @> $3::date)
        AND ($4::text IS NULL OR (period_start, quotas.id) > ($4::text::date, $5::text::uuid))
        ORDER BY period_start, quotas.id LIMIT $6
        """,
        company,
        person,
        on,
        start,
        last,
        limit,
    )
    return [(quota_of(row), row["name"]) for row in rows]


async def rehome(tx: Transaction, company: str, person: UUID | None) -> None:
    """Move quotas to where their people are placed when the period begins."""
    await tx.driver.execute(
        """
        UPDATE quotas SET unit = placed.unit FROM placed_during placed
        WHERE placed.person = quotas.person AND placed.during @> quotas.period_start
        AND quotas.company = $1 AND quotas.person = coalesce($2, quotas.person)
        AND quotas.unit <> placed.unit
        """,
        company,
        person,
    )


def _row(quota: Quota) -> tuple[Any, ...]:
    return (
        quota.id,
        quota.company,
        quota.unit,
        quota.person,
        quota.key,
        quota.period.start,
        quota.period.end,
        quota.target.amount,
        quota.target.currency,
    )


def quota_of(row: Any) -> Quota:
    """A quota from its row."""
    return Quota(
        row["id"],
        row["company"],
        row["unit"],
        row["person"],
        row["key"],
        Period(row["period_start"], row["period_end"]),
        Money(row["target"], row["currency"]),
    )
