"""The figures of collection in SQL, from the entries."""

# ruff: noqa: S608 - statements are made of our own names; values are parameters

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache

from billing.batch import Row
from billing.receivable import grouped, owed_on, paid_between
from kernel.database import Transaction

# $2 is the first day and $3 the last.
FACTS = """
facts AS (
    SELECT customer, unit, rep, currency, open AS opening, 0 AS invoiced, 0 AS collected,
           0 AS closing, 0 AS overdue, 0 AS weight, 0 AS late, 0 AS in_time
    FROM opening
    UNION ALL
    SELECT customer, unit, rep, currency, 0, gross, 0, 0, 0, 0, 0, 0 FROM documents
    WHERE company = $1 AND kind = 'invoice' AND issued_on BETWEEN $2 AND $3
    UNION ALL
    SELECT customer, unit, rep, currency, 0, 0, 0, open,
           CASE WHEN due_on < $3 THEN open ELSE 0 END, 0, 0, 0
    FROM closing
    UNION ALL
    SELECT i.customer, i.unit, i.rep, paid.currency, 0, 0, paid.amount, 0, 0,
           greatest(paid.amount, 0), greatest(paid.amount, 0) * greatest(paid_on - i.due_on, 0),
           CASE WHEN paid_on <= i.due_on THEN greatest(paid.amount, 0) ELSE 0 END
    FROM paid JOIN open_items i USING (item)
)
"""
FIGURES = (
    "opening", "invoiced", "collected", "closing", "overdue", "weight", "late", "in_time",
)  # fmt: skip


@cache
def _receivables(by: str | None) -> str:
    parts = [
        owed_on("($2::date - 1)", "opening"),
        owed_on("$3", "closing"),
        paid_between("$2", "$3"),
        FACTS,
    ]
    return grouped(parts, "facts o", by, [f"sum(o.{name}) AS {name}" for name in FIGURES])


async def receivables(
    tx: Transaction, company: str, first: date, last: date, by: str | None
) -> Sequence[Row]:
    """What was open, invoiced and collected from a day to a day, by whose it is."""
    return await tx.driver.fetch(_receivables(by), company, first, last)


# An invoice is settled on the day on which the last of its items was; late by the latest of them.
SETTLED = """
items AS (
    SELECT i.document, i.disputed, i.open, i.due_on,
           max(e.dated_on) FILTER (WHERE e.amount < 0) AS settled_on
    FROM open_items i
    LEFT JOIN entries e ON e.item = i.item AND e.account = 'receivable'
    WHERE i.company = $1 AND i.kind = 'invoice'
    GROUP BY i.item
), invoices AS (
    SELECT d.customer, d.unit, d.rep, d.currency, d.gross, d.issued_on,
           coalesce(max(items.settled_on), d.issued_on) AS last_on, bool_and(open = 0) AS settled,
           max(greatest(coalesce(items.settled_on, d.issued_on) - items.due_on, 0)) AS late,
           bool_or(items.disputed) OR d.id IN (SELECT document FROM disputes WHERE company = $1)
               AS disputed
    FROM items JOIN documents d ON d.id = items.document
    GROUP BY d.id
), o AS (
    SELECT *, CASE WHEN settled THEN last_on END AS settled_on, last_on - issued_on AS days
    FROM invoices
)
"""
PERIODS = {"year": "YYYY", "quarter": 'YYYY-"Q"Q', "month": "YYYY-MM"}
DAYS = {"settled": "o.settled_on", "invoice": "o.issued_on"}


@cache
def _payments(by: str | None, period: str | None, basis: str) -> str:
    day = DAYS[basis]
    label = f"to_char({day}, '{PERIODS[period]}')" if period else "NULL::text"
    within = f"(SELECT * FROM o WHERE {day} IS NOT NULL AND {day} >= $2 AND {day} < $3) o"
    settled = "FILTER (WHERE o.settled_on IS NOT NULL)"
    return grouped(
        [SETTLED],
        within,
        by,
        [
            "count(*) AS invoices",
            "count(DISTINCT o.customer) AS customers",
            "sum(o.gross) AS amount",
            f"count(*) {settled} AS settled",
            "count(*) FILTER (WHERE o.settled_on IS NOT NULL AND o.late = 0) AS on_time",
            f"coalesce(sum(o.late) {settled}, 0) AS days_late",
            f"coalesce(sum(o.days) {settled}, 0) AS days",
            f"coalesce(sum(o.days * o.gross) {settled}, 0) AS weighted",
            f"coalesce(sum(o.gross) {settled}, 0) AS weight",
            "count(*) FILTER (WHERE o.disputed) AS disputed",
            "coalesce(sum(o.gross) FILTER (WHERE o.disputed), 0) AS disputed_amount",
        ],
        [f"{label} AS period"],
    )


async def payments(
    tx: Transaction,
    company: str,
    days: tuple[date | None, date | None],
    by: str | None,
    period: str | None,
    basis: str,
) -> Sequence[Row]:
    """How the invoices of a company were paid."""
    first, to = days[0] or date.min, days[1] or date.max
    return await tx.driver.fetch(_payments(by, period, basis), company, first, to)


LARGEST = f"""
WITH {owed_on("$2")}, owed AS (
    SELECT customer, currency, sum(open) AS open,
           coalesce(sum(open) FILTER (WHERE due_on < $2), 0) AS overdue
    FROM owed_on GROUP BY customer, currency HAVING sum(open) > 0
), ranked AS (
    SELECT *, row_number() OVER most AS rank, sum(open) OVER most AS upto,
           sum(open) OVER whole AS whole, count(*) OVER whole AS customers,
           sum(open * open) OVER whole AS squares
    FROM owed
    WINDOW whole AS (PARTITION BY currency),
           most AS (PARTITION BY currency ORDER BY open DESC, customer)
)
SELECT ranked.*, coalesce(c.number, ranked.customer::text) AS id, c.name
FROM ranked LEFT JOIN customers c USING (customer)
WHERE rank <= $3 ORDER BY currency, rank
"""


async def largest(tx: Transaction, company: str, as_of: date, top: int) -> Sequence[Row]:
    """The largest debtors of each currency, with the whole that they are a part of."""
    return await tx.driver.fetch(LARGEST, company, as_of, top)


# How late a customer usually is: days after the due day in a year, weighted by what was paid.
EXPECTED = f"""
WITH {owed_on("$2")}, {paid_between("($2::date - 364)", "$2")}, habits AS (
    SELECT i.customer, paid.currency, sum(paid.amount) AS weight,
           sum(paid.amount * greatest(paid_on - i.due_on, 0)) AS late
    FROM paid JOIN open_items i USING (item) WHERE paid.amount > 0
    GROUP BY i.customer, paid.currency
), usual AS (
    SELECT currency, sum(late) / sum(weight) AS days FROM habits GROUP BY currency
)
SELECT o.currency, o.disputed,
       o.due_on + round(coalesce(h.late / h.weight, u.days, 0))::int AS expected_on,
       sum(o.open) AS open, sum(o.items) AS items, min(u.days) AS habit
FROM owed_on o LEFT JOIN habits h USING (customer, currency) LEFT JOIN usual u USING (currency)
GROUP BY 1, 2, 3
"""


async def expected(tx: Transaction, company: str, as_of: date) -> Sequence[Row]:
    """What is open, by the day on which it is expected by its customer's habit."""
    return await tx.driver.fetch(EXPECTED, company, as_of)
