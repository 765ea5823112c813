"""Plan versions, lines and runs in their tables; what is due is counted by PostgreSQL, exactly."""

# ruff: noqa: S608 - statements are made of this service's own names; values are parameters
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from kernel.database import Transaction
from kernel.period import Period
from targets.bulk import Done, Sheet, put
from targets.commissions.model import PlanVersion
from targets.commissions.rules import OverlappingPlan

PLANS = Sheet(
    "plan_versions",
    ("id",),
    {
        "id": "uuid",
        "company": "text",
        "unit": "text",
        "key": "text",
        "person": "uuid",
        "basis": "text",
        "rate": "numeric",
        "valid_from": "date",
        "valid_to": "date",
    },
)

# rules.earned: the plan in force on the invoice's own day. The id follows from what the line is
# about, so that counted one by one or in a run it is the same line.
EARNED = """
SELECT md5(fact.id::text || plan.id::text)::uuid AS id, fact.company,
    coalesce(fact.home, fact.unit) AS unit, plan.person, fact.id AS document, plan.id AS plan,
    plan.key AS plan_key, 'rate-of-invoiced-net' AS rule, fact.issued_on AS earned_on,
    fact.currency, fact.net AS basis, plan.rate, fact.net * plan.rate AS amount, fact.event,
    NULL::uuid AS mirrors
FROM documents fact
JOIN plan_versions plan ON plan.person = fact.rep AND plan.valid_from <= fact.issued_on
    AND (plan.valid_to IS NULL OR fact.issued_on < plan.valid_to)
WHERE fact.invoice IS NULL AND {these}
"""
# rules.mirrored: the part of the invoice that is taken back, of each of its lines.
MIRRORED = """
SELECT md5(note.id::text || line.id::text)::uuid, line.company, line.unit, line.person, note.id,
    line.plan, line.plan_key, 'mirror-of-credit-note', note.issued_on, line.currency,
    line.basis * note.net / note.invoice_net, line.rate,
    line.basis * note.net / note.invoice_net * line.rate, note.event, line.id
FROM documents note
JOIN {lines} line ON line.document = note.invoice AND line.mirrors IS NULL
WHERE note.invoice IS NOT NULL AND note.invoice_net <> 0 AND {these}
"""
# All rows are compared with all rows: while a run fills the lines, their number is not known to
# the planner, and a nested loop would read them anew for each.
_FOR_A_RUN = """
SELECT set_config('work_mem', '128MB', true), set_config('enable_nestloop', 'off', true),
    set_config('plan_cache_mode', 'force_custom_plan', true)
"""
_INTO_LINES = "INSERT INTO commission_lines {due} ON CONFLICT (id) DO NOTHING"
_NOTES = """
SELECT id FROM documents WHERE id = ANY($1::uuid[]) AND invoice IS NOT NULL
UNION SELECT id FROM documents WHERE invoice = ANY($1::uuid[])
"""
_SAME = "due.id = line.id AND ROW(due.*) IS NOT DISTINCT FROM ROW(line.*)"


async def earn(tx: Transaction, documents: Sequence[UUID]) -> None:
    """Add the lines of new documents, and those of credit notes that were here before them."""
    earned = EARNED.format(these="fact.id = ANY($1::uuid[])")
    await tx.driver.execute(_INTO_LINES.format(due=earned), documents)
    notes = await tx.driver.fetch(_NOTES, documents)
    if notes:
        mirrored = MIRRORED.format(lines="commission_lines", these="note.id = ANY($1::uuid[])")
        await tx.driver.execute(_INTO_LINES.format(due=mirrored), [note["id"] for note in notes])


@dataclass(frozen=True, slots=True)
class Counted:
    """How many lines there are after a run, and how many were not as they should be."""

    lines: int
    changed: int


async def count_anew(tx: Transaction, company: str, person: UUID | None) -> Counted:
    """Make the lines of a company, or of one of its people, what facts and plans say.

    What is due is written aside and compared, so that a run over lines that are right writes
    nothing, and readers never see a moment without lines.
    """
    await _write_due(tx, company, person)
    gone = await tx.driver.fetchval(
        f"""
        WITH gone AS (
            DELETE FROM commission_lines line WHERE {_of("line", company, person)}
            AND NOT EXISTS (SELECT FROM due WHERE {_SAME}) RETURNING line.id
        )
        SELECT count(*) FROM gone WHERE NOT EXISTS (SELECT FROM due WHERE due.id = gone.id)
        """,
        *_given(company, person),
    )
    done = await tx.driver.execute(
        """
        INSERT INTO commission_lines SELECT due.* FROM due
        WHERE NOT EXISTS (SELECT FROM commission_lines line WHERE line.id = due.id)
        """
    )
    lines = await tx.driver.fetchval("SELECT count(*) FROM due")
    await tx.driver.execute("DROP TABLE due")
    return Counted(lines, gone + int(done.rpartition(" ")[2]))


async def _write_due(tx: Transaction, company: str, person: UUID | None) -> None:
    await tx.driver.execute(_FOR_A_RUN)
    await tx.driver.execute(
        "CREATE TEMP TABLE due (LIKE commission_lines) ON COMMIT DROP",
    )
    given = _given(company, person)
    of_whom = "fact.company = $1" + (" AND fact.rep = $2" if person else "")
    await tx.driver.execute(f"INSERT INTO due {EARNED.format(these=of_whom)}", *given)
    await tx.driver.execute("ANALYZE due (document, mirrors)")
    mirrored = MIRRORED.format(lines="due", these="note.company = $1")
    await tx.driver.execute(f"INSERT INTO due {mirrored}", company)
    await tx.driver.execute("ANALYZE due (id)")


def _of(table: str, company: str, person: UUID | None) -> str:
    return f"{table}.company = $1" + (f" AND {table}.person = $2" if person else "")


def _given(company: str, person: UUID | None) -> list[Any]:
    return [company, person] if person else [company]


async def wrong_lines(tx: Transaction) -> list[str]:
    """The documents whose lines are not what facts and plans say."""
    earned = EARNED.format(these="true")
    mirrored = MIRRORED.format(lines="earned", these="true")
    rows = await tx.driver.fetch(
        f"""
        WITH earned AS MATERIALIZED ({earned}),
        due AS (SELECT * FROM earned UNION ALL {mirrored}),
        wrong AS (
            (SELECT * FROM due EXCEPT SELECT * FROM commission_lines)
            UNION (SELECT * FROM commission_lines EXCEPT SELECT * FROM due)
        )
        SELECT DISTINCT document FROM wrong
        WHERE company NOT IN (SELECT company FROM commission_runs WHERE finished_at IS NULL)
        LIMIT 20
        """
    )
    return [
        f"the commission of document {row['document']} is not what facts and plans say"
        for row in rows
    ]


async def plans_of(tx: Transaction, people: Iterable[UUID]) -> list[PlanVersion]:
    """All plan versions of some people that are in scope."""
    rows = await tx.driver.fetch(
        "SELECT * FROM plan_versions WHERE person = ANY($1::uuid[])", list(people)
    )
    return [plan_of(row) for row in rows]


async def plan(tx: Transaction, plan: UUID) -> PlanVersion | None:
    """A plan version."""
    row = await tx.driver.fetchrow("SELECT * FROM plan_versions WHERE id = $1", plan)
    return plan_of(row) if row else None


async def put_plans(tx: Transaction, plans: Sequence[PlanVersion]) -> Done:
    """Keep plan versions.

    Raises:
        OverlappingPlan: one overlaps a version that is outside the asking person's scope.
    """
    try:
        return await put(tx, PLANS, map(_row, plans))
    except asyncpg.ExclusionViolationError as overlap:
        valid = ", ".join(sorted({plan.valid.label() for plan in plans}))
        raise OverlappingPlan("—", valid, "—") from overlap


async def list_plans(
    tx: Transaction,
    company: str | None,
    person: UUID | None,
    after: Sequence[Any],
    limit: int,
) -> list[tuple[PlanVersion, str]]:
    """Plan versions with the person's name, by person and day."""
    of, since = after
    rows = await tx.driver.fetch(
        """
        SELECT plans.*, people.name FROM plan_versions plans
        JOIN people ON people.id = plans.person
        WHERE plans.company = coalesce($1, plans.company)
        AND plans.person = coalesce($2, plans.person)
        AND ($3::text IS NULL OR (plans.person, valid_from) > ($3::text::uuid, $4::text::date))
        ORDER BY plans.person, valid_from LIMIT $5
        """,
        company,
        person,
        of,
        since,
        limit,
    )
    return [(plan_of(row), row["name"]) for row in rows]


async def rehome(tx: Transaction, company: str, person: UUID | None) -> None:
    """Move plan versions to where their people are placed when they begin."""
    await tx.driver.execute(
        """
        UPDATE plan_versions plans SET unit = placed.unit FROM placed_during placed
        WHERE placed.person = plans.person AND placed.during @> plans.valid_from
        AND plans.company = $1 AND plans.person = coalesce($2, plans.person)
        AND plans.unit <> placed.unit
        """,
        company,
        person,
    )


def _row(plan: PlanVersion) -> tuple[Any, ...]:
    return (
        plan.id,
        plan.company,
        plan.unit,
        plan.key,
        plan.person,
        plan.basis,
        plan.rate,
        plan.valid.start,
        plan.valid.end,
    )


def plan_of(row: Any) -> PlanVersion:
    """A plan version from its row."""
    return PlanVersion(
        id=row["id"],
        company=row["company"],
        unit=row["unit"],
        key=row["key"],
        person=row["person"],
        rate=row["rate"],
        valid=Period(row["valid_from"], row["valid_to"]),
        basis=row["basis"],
    )


async def add_run(
    tx: Transaction, run: UUID, company: str, person: UUID | None, reason: str, at: datetime
) -> None:
    """Put a run at the end of the line."""
    await tx.driver.execute(
        "INSERT INTO commission_runs (id, company, person, reason, asked_at)"
        " VALUES ($1, $2, $3, $4, $5)",
        run,
        company,
        person,
        reason,
        at,
    )


async def run(tx: Transaction, run: UUID) -> Any:
    """A run's row."""
    return await tx.driver.fetchrow("SELECT * FROM commission_runs WHERE id = $1", run)


async def next_run(tx: Transaction) -> Any:
    """The run that waits longest, for this transaction alone."""
    return await tx.driver.fetchrow(
        "SELECT * FROM commission_runs WHERE finished_at IS NULL"
        " ORDER BY asked_at LIMIT 1 FOR UPDATE SKIP LOCKED"
    )


async def covered(tx: Transaction, company: str, person: UUID | None) -> list[UUID]:
    """The waiting runs that a run of this company or person does as well.

    What such a run was asked for is committed with it, so the run that begins now sees it.
    """
    rows = await tx.driver.fetch(
        "SELECT id FROM commission_runs WHERE finished_at IS NULL AND company = $1"
        " AND ($2::uuid IS NULL OR person = $2) FOR UPDATE SKIP LOCKED",
        company,
        person,
    )
    return [row["id"] for row in rows]


async def finish_runs(tx: Transaction, runs: Iterable[UUID], at: datetime, done: Counted) -> None:
    """Close runs with what they found."""
    await tx.driver.execute(
        "UPDATE commission_runs SET finished_at = $2, lines = $3, changed = $4"
        " WHERE id = ANY($1::uuid[])",
        list(runs),
        at,
        done.lines,
        done.changed,
    )
