"""Scorecards and assessments in the database, and what the ledger knows of a customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from billing.assessment.model import History
from billing.batch import Row
from contracts.billing.assessment import Assessment, PutScorecard, Scorecard
from kernel.database import Transaction

ANY_COMPANY = "*"

IN_FORCE = """
SELECT DISTINCT ON (name) name, version, body FROM scorecards
WHERE company IN ($1, '*') AND ($2::text IS NULL OR name = $2)
ORDER BY name, company = '*', version DESC
"""


async def scorecards(tx: Transaction, company: str, name: str | None = None) -> list[Scorecard]:
    """The scorecards in force in a company; its own go before those for every company."""
    rows = await tx.driver.fetch(IN_FORCE, company, name)
    return [Scorecard.model_validate_json(row["body"]) for row in rows]


async def put_scorecard(tx: Transaction, asked: PutScorecard, by: UUID) -> Scorecard:
    """The next version of a scorecard; of two who change it at once the second goes after."""
    await tx.driver.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('scorecards ' || $1, 0))", asked.company
    )
    last = await tx.driver.fetchval(
        "SELECT max(version) FROM scorecards WHERE company = $1 AND name = $2",
        asked.company,
        asked.name,
    )
    card = Scorecard(version=(last or 0) + 1, **asked.model_dump())
    await tx.driver.execute(
        "INSERT INTO scorecards (company, name, version, body, set_by) VALUES ($1, $2, $3, $4, $5)",
        card.company,
        card.name,
        card.version,
        card.model_dump_json(),
        by,
    )
    return card


# What was paid in the year, and what is overdue now as if it were paid today. What is disputed is
# not late by the customer's habit. A payment that was taken back settled nothing.
HISTORY = """
WITH late AS (
    SELECT i.due_on, -sum(e.amount) AS amount, max(e.dated_on) FILTER (WHERE e.amount < 0) AS at
    FROM entries e JOIN postings p ON p.id = e.posting
    JOIN documents d ON d.id = p.document AND d.kind = 'payment'
    JOIN open_items i ON i.item = e.item
    WHERE e.customer = $1 AND e.currency = $2 AND e.account = 'receivable'
      AND e.dated_on > $3::date - 365 AND e.dated_on <= $3
    GROUP BY e.item, p.document, i.due_on HAVING sum(e.amount) < 0
    UNION ALL
    SELECT due_on, open, $3::date FROM open_items
    WHERE customer = $1 AND currency = $2 AND open > 0 AND due_on < $3 AND NOT disputed
      AND kind IN ('invoice', 'interest', 'fee')
), days AS (
    SELECT dated_on, sum(sum(amount)) OVER (ORDER BY dated_on) AS balance,
           lead(dated_on, 1, 'infinity') OVER (ORDER BY dated_on) AS until
    FROM entries
    WHERE customer = $1 AND currency = $2 AND item IS NOT NULL AND dated_on <= $3
    GROUP BY dated_on
)
SELECT coalesce(sum(amount), 0) AS weight,
       coalesce(sum(amount * greatest(at - due_on, 0)), 0) AS late,
       coalesce(sum(amount) FILTER (WHERE at <= due_on), 0) AS in_time,
       coalesce(sum(amount) FILTER (WHERE at > $3::date - 90), 0) AS recent_weight,
       coalesce(sum(amount * greatest(at - due_on, 0)) FILTER (WHERE at > $3::date - 90), 0)
           AS recent_late,
       (SELECT coalesce(max(balance), 0) FROM days WHERE until > $3::date - 365) AS highest,
       (SELECT coalesce(sum(gross), 0) FROM documents
        WHERE customer = $1 AND currency = $2 AND kind = 'invoice'
          AND issued_on > $3::date - 365 AND issued_on <= $3) AS turnover,
       (SELECT min(issued_on) FROM documents
        WHERE customer = $1 AND kind = 'invoice' AND issued_on <= $3) AS first_on
FROM late
"""


async def history(tx: Transaction, customer: UUID, currency: str, today: date) -> History:
    """What the ledger knows of a customer by now."""
    row = await tx.driver.fetchrow(HISTORY, customer, currency, today)
    assert row is not None, "sums are always one row"
    return History(**row)


ADD = """
INSERT INTO assessments (id, customer, company, score, grade, review_on, assessed_by, body)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
REVIEW = """
INSERT INTO credit_reviews (customer, company, assessment, review_on) VALUES ($1, $2, $3, $4)
ON CONFLICT (customer) DO UPDATE SET assessment = excluded.assessment,
    review_on = excluded.review_on, told_on = NULL
"""


async def keep(tx: Transaction, company: str, made: Assessment) -> None:
    """Put an assessment on file; the customer is looked at again when it says."""
    await tx.driver.execute(
        ADD,
        made.assessment,
        made.customer,
        company,
        made.score,
        made.grade,
        made.review_on,
        made.assessed_by,
        made.model_dump_json(),
    )
    await tx.driver.execute(REVIEW, made.customer, company, made.assessment, made.review_on)


async def assessments(
    tx: Transaction, customer: UUID, before: UUID | None, limit: int
) -> Sequence[Assessment]:
    """A customer's assessments, the latest first; ids are ordered by time."""
    rows = await tx.driver.fetch(
        "SELECT body FROM assessments WHERE customer = $1 AND ($2::uuid IS NULL OR id < $2)"
        " ORDER BY id DESC LIMIT $3",
        customer,
        before,
        limit,
    )
    return [Assessment.model_validate_json(row["body"]) for row in rows]


REVIEWS = """
SELECT r.customer, r.review_on, c.number, c.name, c.unit, a.grade, a.score
FROM credit_reviews r JOIN customers c USING (customer)
JOIN assessments a ON a.id = r.assessment
WHERE r.company = $1 AND r.review_on <= $2
  AND ($3::date IS NULL OR (r.review_on, r.customer) > ($3, $4::uuid))
ORDER BY r.review_on, r.customer LIMIT $5
"""


async def reviews(
    tx: Transaction, company: str, until: date, after: tuple[date, UUID] | None, limit: int
) -> Sequence[Row]:
    """Customers in scope whose review is due by a day, the longest due first."""
    return await tx.driver.fetch(REVIEWS, company, until, *(after or (None, None)), limit)


DUE = """
UPDATE credit_reviews r SET told_on = $1
FROM credit_accounts c LEFT JOIN customers k ON k.customer = c.customer, assessments a
WHERE c.customer = r.customer AND a.id = r.assessment AND r.customer IN (
    SELECT customer FROM credit_reviews WHERE told_on IS NULL AND review_on <= $1
    ORDER BY customer LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING r.customer, r.company, r.assessment, r.review_on, a.grade, c.unit, c.owner, k.number
"""


async def newly_due(tx: Transaction, today: date, at_most: int) -> Sequence[Row]:
    """Reviews that are due and not yet told; now they are."""
    return await tx.driver.fetch(DUE, today, at_most)


async def named(tx: Transaction, customer: UUID) -> Row | None:
    """The number and name of a customer."""
    return await tx.driver.fetchrow(
        "SELECT number, name FROM customers WHERE customer = $1", customer
    )
