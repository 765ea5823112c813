"""Procedures, runs, steps and letters in the database."""

# ruff: noqa: S608 - statements are made of our own names; values are parameters

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Date, Integer, Table, Text, Uuid

from billing.batch import Row, arrays
from billing.dunning.model import (
    Delay,
    InterestTerms,
    Item,
    Level,
    Owed,
    Procedure,
    Step,
)
from billing.ledger.model import Whose
from billing.tables import metadata
from kernel.database import Transaction
from kernel.money import Money

EVERYWHERE = "*"
LATE_COMMITS = timedelta(hours=1)
"""A transaction that began so long before a run may have committed after it was looked at."""

dunning_letters = Table(
    "dunning_letters",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("run", Uuid),
    Column("customer", Uuid),
    Column("company", Text),
    Column("key", Text),
    Column("level", Integer),
    Column("dated_on", Date),
)

# --- procedures ---------------------------------------------------------------------------------

PROCEDURES = """
SELECT p.company, p.key, p.name, p.standard, p.yearly_rate, p.days_of_year, l.level, l.delay,
       l.days, l.fee_amount, l.fee_currency, l.fee_rate, l.blocks, l.escalates, l.text_es, l.text_en
FROM dunning_procedures p JOIN dunning_levels l USING (company, key)
WHERE p.company = ANY ($1) ORDER BY p.company DESC, p.key, l.level
"""


async def procedure_rows(tx: Transaction, company: str) -> Sequence[Row]:
    """A row for each level: a company's own procedures, then those that hold everywhere."""
    return await tx.driver.fetch(PROCEDURES, [company, EVERYWHERE])


PUT = """
INSERT INTO dunning_procedures AS p
    (company, key, name, standard, yearly_rate, days_of_year, interest_since)
VALUES ($1, $2, $3, $4, $5::numeric, $6, CASE WHEN $5 IS NOT NULL THEN now() END)
ON CONFLICT (company, key) DO UPDATE SET
    name = $3, standard = $4, yearly_rate = $5, days_of_year = $6,
    interest_since = CASE WHEN $5 IS NOT NULL THEN coalesce(p.interest_since, now()) END
"""


async def put_procedure(
    tx: Transaction, one: Procedure, texts: Mapping[int, tuple[str, str]]
) -> None:
    """A procedure as it is from now on."""
    if one.standard:
        await tx.driver.execute(
            "UPDATE dunning_procedures SET standard = false"
            " WHERE company = $1 AND key <> $2 AND standard",
            one.company,
            one.key,
        )
    terms = one.interest
    await tx.driver.execute(
        PUT,
        one.company,
        one.key,
        one.name,
        one.standard,
        terms and terms.yearly_rate,
        terms and terms.days_of_year,
    )
    await tx.driver.execute(
        "DELETE FROM dunning_levels WHERE company = $1 AND key = $2", one.company, one.key
    )
    await tx.driver.executemany(
        "INSERT INTO dunning_levels (company, key, level, delay, days, fee_amount, fee_currency,"
        " fee_rate, blocks, escalates, text_es, text_en)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        [(one.company, one.key, *_level(level), *texts[level.number]) for level in one.levels],
    )


def _level(one: Level) -> tuple[Any, ...]:
    fixed = one.fee
    return (
        one.number,
        one.delay.value,
        one.days,
        fixed and fixed.amount,
        fixed and fixed.currency,
        one.fee_rate,
        one.blocks,
        one.escalates,
    )


def procedures(rows: Iterable[Row]) -> list[Procedure]:
    """Procedures from a row for each of their levels, in the order of the rows."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row["company"], row["key"]), []).append(row)
    return [_procedure(levels) for levels in found.values()]


def _procedure(rows: Sequence[Row]) -> Procedure:
    head = rows[0]
    rate = head["yearly_rate"]
    return Procedure(
        company=head["company"],
        key=head["key"],
        name=head["name"],
        levels=tuple(_read_level(row) for row in rows),
        interest=None if rate is None else InterestTerms(rate, head["days_of_year"]),
        standard=head["standard"],
    )


def _read_level(row: Row) -> Level:
    amount = row["fee_amount"]
    return Level(
        number=row["level"],
        delay=Delay(row["delay"]),
        days=row["days"],
        fee=None if amount is None else Money(amount, row["fee_currency"]),
        fee_rate=row["fee_rate"],
        blocks=row["blocks"],
        escalates=row["escalates"],
    )


async def assign(tx: Transaction, customer: UUID, company: str, key: str | None) -> None:
    """A customer's own procedure, or none."""
    await tx.driver.execute("DELETE FROM dunning_assignments WHERE customer = $1", customer)
    if key is not None:
        await tx.driver.execute(
            "INSERT INTO dunning_assignments (customer, company, key) VALUES ($1, $2, $3)",
            customer,
            company,
            key,
        )


async def assigned(tx: Transaction, customers: Collection[UUID]) -> dict[UUID, str]:
    """Those of these customers who have a procedure of their own."""
    rows = await tx.driver.fetch(
        "SELECT customer, key FROM dunning_assignments WHERE customer = ANY ($1)", list(customers)
    )
    return {row["customer"]: row["key"] for row in rows}


# --- stops --------------------------------------------------------------------------------------

STOP = "id, customer, item, until, reason, stopped_by, lifted_at IS NOT NULL AS lifted"


async def add_stop(tx: Transaction, *values: Any) -> Row:
    """Leave a customer or an item out: id, customer, item, until, reason, by whom."""
    (row,) = await tx.driver.fetch(
        "INSERT INTO dunning_stops (id, customer, item, until, reason, stopped_by)"
        f" VALUES ($1, $2, $3, $4, $5, $6) RETURNING {STOP}",
        *values,
    )
    return row


async def lift_stop(tx: Transaction, stop: UUID, by: UUID) -> Row | None:
    """Lift a stop; one that is lifted stays as it was."""
    await tx.driver.execute(
        "UPDATE dunning_stops SET lifted_by = $2, lifted_at = now()"
        " WHERE id = $1 AND lifted_at IS NULL",
        stop,
        by,
    )
    row: Row | None = await tx.driver.fetchrow(
        f"SELECT {STOP} FROM dunning_stops WHERE id = $1", stop
    )
    return row


async def stops(tx: Transaction, customer: UUID) -> Sequence[Row]:
    """The stops of a customer, the latest first."""
    return await tx.driver.fetch(
        f"SELECT {STOP} FROM dunning_stops WHERE customer = $1 ORDER BY id DESC", customer
    )


async def owes(tx: Transaction, customer: UUID, item: UUID) -> bool:
    """Whether this is an open invoice of this customer."""
    found: bool = await tx.driver.fetchval(
        "SELECT EXISTS (SELECT FROM open_items WHERE item = $1 AND customer = $2"
        " AND open > 0 AND kind = 'invoice')",
        item,
        customer,
    )
    return found


# --- runs ---------------------------------------------------------------------------------------


async def last_run(tx: Transaction, company: str) -> Row | None:
    """The run of the latest day; it is locked, so that a run is begun once."""
    await tx.driver.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('dunning/' || $1, 0))", company
    )
    row: Row | None = await tx.driver.fetchrow(
        "SELECT * FROM dunning_runs WHERE company = $1 ORDER BY as_of DESC LIMIT 1", company
    )
    return row


async def begin_run(
    tx: Transaction, run: UUID, company: str, as_of: date, imported: bool, by: UUID
) -> Row:
    """A run that waits for the job."""
    (row,) = await tx.driver.fetch(
        "INSERT INTO dunning_runs (id, company, as_of, imported, state, asked_by)"
        " VALUES ($1, $2, $3, $4, 'running', $5) RETURNING *",
        run,
        company,
        as_of,
        imported,
        by,
    )
    return row


async def next_run(tx: Transaction) -> Row | None:
    """A run that is not done and nobody is at, and when the one before it was asked for."""
    row: Row | None = await tx.driver.fetchrow(
        "SELECT r.*, (SELECT max(b.asked_at) FROM dunning_runs b"
        "             WHERE b.company = r.company AND b.as_of < r.as_of) AS before,"
        " (SELECT min(p.interest_since) FROM dunning_procedures p"
        "  WHERE p.company IN (r.company, '*')) AS interest_since"
        " FROM dunning_runs r WHERE state = 'running' ORDER BY asked_at LIMIT 1"
        " FOR UPDATE SKIP LOCKED"
    )
    return row


# Both halves are read in the order of the index and no further than needed.
CUSTOMERS = """
(SELECT DISTINCT customer FROM open_items
 WHERE company = $1 AND kind = 'invoice' AND open > 0 AND due_on < $2 AND (live OR $3)
   AND customer > $4
 ORDER BY customer LIMIT $5)
UNION
(SELECT DISTINCT customer FROM postings
 WHERE company = $1 AND recorded_at >= $6 AND kind = 'allocation' AND customer > $4
 ORDER BY customer LIMIT $5)
ORDER BY customer LIMIT $5
"""


async def next_customers(tx: Transaction, run: Row, at_most: int) -> list[UUID]:
    """The next customers of a run: who owes something overdue, or settled something since."""
    rows = await tx.driver.fetch(
        CUSTOMERS,
        run["company"],
        run["as_of"],
        run["imported"],
        run["done_up_to"],
        at_most,
        _since(run),
    )
    return [row["customer"] for row in rows]


def _since(run: Row) -> datetime | None:
    """Settlements from then on have not been looked at for interest; None when none bears any."""
    before: datetime | None = run["before"]
    since: datetime | None = run["interest_since"]
    if since is None or before is None:
        return since
    return max(since, before - LATE_COMMITS)


OVERDUE = """
SELECT i.item, i.customer, i.company, i.unit, i.rep, i.due_on, i.currency, i.open,
       coalesce(s.level, 0) AS level, s.stepped_on
FROM open_items i LEFT JOIN LATERAL (
    SELECT level, stepped_on FROM dunning_steps d WHERE d.item = i.item ORDER BY level DESC LIMIT 1
) s ON true
WHERE i.customer = ANY ($1) AND i.company = $2 AND i.kind = 'invoice' AND i.open > 0
  AND i.due_on < $3 AND (i.live OR $4) AND NOT i.disputed
  AND NOT EXISTS (SELECT FROM dunning_stops x WHERE x.customer = i.customer
                  AND x.lifted_at IS NULL AND (x.until IS NULL OR x.until >= $3)
                  AND (x.item IS NULL OR x.item = i.item))
ORDER BY i.customer, i.due_on, i.item
"""


async def overdue(tx: Transaction, run: Row, customers: Sequence[UUID]) -> list[Item]:
    """What these customers owe and is overdue; not what is disputed or stopped."""
    rows = await tx.driver.fetch(OVERDUE, customers, run["company"], run["as_of"], run["imported"])
    return [_item(row) for row in rows]


SETTLED = """
SELECT i.item, i.customer, i.company, i.unit, i.rep, i.due_on, i.currency, i.open,
       0 AS level, NULL::date AS stepped_on
FROM open_items i
WHERE i.customer = ANY ($1) AND i.company = $2 AND i.kind = 'invoice' AND i.open = 0
  AND i.due_on < $3 AND (i.live OR $4) AND NOT i.disputed
  AND i.item IN (SELECT e.item FROM postings p JOIN entries e ON e.posting = p.id
                 WHERE p.customer = ANY ($1) AND p.recorded_at >= $5 AND p.kind = 'allocation'
                   AND e.account = 'receivable' AND e.dated_on > i.due_on)
"""


async def settled_late(tx: Transaction, run: Row, customers: Sequence[UUID]) -> list[Item]:
    """What these customers settled after its due day and has not been looked at since."""
    rows = await tx.driver.fetch(
        SETTLED, customers, run["company"], run["as_of"], run["imported"], _since(run)
    )
    return [_item(row) for row in rows]


def _item(row: Row) -> Item:
    return Item(
        document=row["item"],
        whose=Whose(row["customer"], row["company"], row["unit"], row["rep"]),
        due_on=row["due_on"],
        open=Money(row["open"], row["currency"]),
        level=row["level"],
        stepped_on=row["stepped_on"],
    )


async def owed(tx: Transaction, items: Sequence[UUID], until: date) -> dict[UUID, list[Owed]]:
    """How what is owed on these items changed, day by day."""
    found: dict[UUID, list[Owed]] = {item: [] for item in items}
    rows = await tx.driver.fetch(
        "SELECT item, dated_on, sum(amount) AS amount FROM entries"
        " WHERE item = ANY ($1) AND account = 'receivable' AND dated_on <= $2"
        " GROUP BY item, dated_on",
        items,
        until,
    )
    for row in rows:
        found[row["item"]].append(Owed(row["dated_on"], row["amount"]))
    return found


async def interest_charged(
    tx: Transaction, items: Sequence[UUID]
) -> dict[UUID, tuple[Decimal, date]]:
    """The interest that was charged on these items so far, and up to which day."""
    rows = await tx.driver.fetch(
        "SELECT item, sum(amount) AS amount, max(until) AS until FROM dunning_charges"
        " WHERE item = ANY ($1) AND kind = 'interest' GROUP BY item",
        items,
    )
    return {row["item"]: (row["amount"], row["until"]) for row in rows}


# What an item says of itself is not sent again.
STEPS = """
INSERT INTO dunning_steps (item, level, run, company, unit, rep, customer, stepped_on, currency,
                           open, fee, blocks)
SELECT i.item, s.level, $5, i.company, i.unit, i.rep, i.customer, $6, i.currency, i.open, s.fee,
       s.blocks
FROM unnest($1::uuid[], $2::int[], $3::numeric[], $4::boolean[]) AS s (item, level, fee, blocks)
JOIN open_items i USING (item)
"""


async def add_steps(tx: Transaction, run: Row, steps: Sequence[Step]) -> None:
    """What went up by a level; the keys refuse a level twice, and two in one run."""
    if steps:
        await tx.driver.execute(
            STEPS,
            [step.item.document for step in steps],
            [step.level.number for step in steps],
            [step.fee and step.fee.amount for step in steps],
            [step.level.blocks for step in steps],
            run["id"],
            run["as_of"],
        )


CHARGES = """
INSERT INTO dunning_charges (document, item, customer, run, kind, level, currency, amount, until,
                             working)
SELECT c.document, i.item, i.customer, $6, $7, c.level, i.currency, c.amount, $8, c.working::jsonb
FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::numeric[], $5::text[])
    AS c (document, item, level, amount, working)
JOIN open_items i USING (item)
"""


async def add_charges(
    tx: Transaction,
    run: Row,
    kind: str,
    rows: Sequence[tuple[UUID, UUID, int | None, Decimal, str]],
) -> None:
    """What fees or interest are made of: document, item, level, amount and working as JSON."""
    if rows:
        columns = zip(*rows, strict=True)
        await tx.driver.execute(CHARGES, *columns, run["id"], kind, run["as_of"])


# A letter keeps what it says: all that is open, what is to the customer's credit as negative.
LETTERS = f"""
WITH wanted AS (
    SELECT * FROM {arrays(dunning_letters, ("id", "customer", "key", "level"))}
        AS w (id, customer, key, level)
), lines AS (
    SELECT i.customer, jsonb_agg(jsonb_build_object(
        'kind', i.kind, 'number', d.number, 'nth', i.nth, 'issued_on', d.issued_on,
        'due_on', i.due_on, 'currency', i.currency, 'disputed', i.disputed,
        'open', (CASE WHEN i.kind IN ('credit-note', 'payment') THEN -i.open ELSE i.open END)::text,
        'level', coalesce(s.level, 0)) ORDER BY i.due_on NULLS LAST, d.issued_on, d.number, i.nth)
        AS items
    FROM wanted w JOIN open_items i ON i.customer = w.customer AND i.open > 0
    JOIN documents d ON d.id = i.document
    LEFT JOIN LATERAL (SELECT max(level) AS level FROM dunning_steps x WHERE x.item = i.item) s
        ON true
    WHERE i.company = $5
    GROUP BY i.customer
)
INSERT INTO dunning_letters (id, run, customer, company, key, level, dated_on, items, text_es,
                             text_en)
SELECT w.id, $6, w.customer, $5, w.key, w.level, $7, lines.items, coalesce(v.text_es, ''),
       coalesce(v.text_en, '')
FROM wanted w JOIN lines USING (customer) LEFT JOIN LATERAL (
    SELECT text_es, text_en FROM dunning_levels v
    WHERE v.company IN ($5, '*') AND v.key = w.key AND v.level = w.level
    ORDER BY v.company DESC LIMIT 1
) v ON true
"""


async def write_letters(
    tx: Transaction, run: Row, letters: Sequence[tuple[UUID, UUID, str, int]]
) -> None:
    """A letter for each: id, customer, procedure and level."""
    if letters:
        columns = zip(*letters, strict=True)
        await tx.driver.execute(LETTERS, *columns, run["company"], run["id"], run["as_of"])


async def went_on(
    tx: Transaction, run: UUID, up_to: UUID, items: int, letters: int, charges: int
) -> None:
    """A run is done up to this customer."""
    await tx.driver.execute(
        "UPDATE dunning_runs SET done_up_to = $2, items = items + $3, letters = letters + $4,"
        " charges = charges + $5 WHERE id = $1",
        run,
        up_to,
        items,
        letters,
        charges,
    )


async def finish(tx: Transaction, run: UUID, at: datetime) -> None:
    """A run is done."""
    await tx.driver.execute(
        "UPDATE dunning_runs SET state = 'done', done_at = $2 WHERE id = $1", run, at
    )


BLOCKING = """
SELECT DISTINCT i.customer FROM open_items i JOIN LATERAL (
    SELECT blocks FROM dunning_steps s WHERE s.item = i.item ORDER BY level DESC LIMIT 1
) s ON true
WHERE i.customer = ANY ($1) AND i.open > 0 AND NOT i.disputed AND s.blocks
  AND NOT EXISTS (SELECT FROM dunning_stops x WHERE x.customer = i.customer
                  AND x.lifted_at IS NULL AND (x.until IS NULL OR x.until >= $2)
                  AND (x.item IS NULL OR x.item = i.item))
"""


async def blocked(tx: Transaction) -> list[UUID]:
    """Customers whose credit dunning has blocked."""
    rows = await tx.driver.fetch(
        "SELECT customer FROM credit_accounts WHERE 'dunning' = ANY (blocked)"
    )
    return [row["customer"] for row in rows]


async def blocking(tx: Transaction, customers: Collection[UUID], today: date) -> set[UUID]:
    """Those of these customers who owe something at a level that blocks; not disputed or stopped."""
    rows = await tx.driver.fetch(BLOCKING, list(customers), today)
    return {row["customer"] for row in rows}


# --- lists --------------------------------------------------------------------------------------


async def run(tx: Transaction, run_id: UUID) -> Row | None:
    """One run."""
    row: Row | None = await tx.driver.fetchrow("SELECT * FROM dunning_runs WHERE id = $1", run_id)
    return row


async def runs(
    tx: Transaction, company: str | None, after: tuple[date, UUID] | None, limit: int
) -> Sequence[Row]:
    """Runs, the latest first."""
    return await tx.driver.fetch(
        "SELECT * FROM dunning_runs WHERE ($1::text IS NULL OR company = $1)"
        " AND ($2::date IS NULL OR (as_of, id) < ($2, $3::uuid))"
        " ORDER BY as_of DESC, id DESC LIMIT $4",
        company,
        *(after or (None, None)),
        limit,
    )


DUNNED = """
SELECT i.item, i.document, i.nth, d.number, i.customer, c.number AS customer_number,
       c.name AS customer_name, i.due_on, i.open, i.currency, s.level, s.stepped_on, i.disputed
FROM open_items i
JOIN LATERAL (
    SELECT level, stepped_on FROM dunning_steps x WHERE x.item = i.item ORDER BY level DESC LIMIT 1
) s ON true
JOIN documents d ON d.id = i.document LEFT JOIN customers c ON c.customer = i.customer
WHERE i.open > 0 AND i.kind = 'invoice' AND ($1::text IS NULL OR i.company = $1)
  AND ($2::uuid IS NULL OR i.customer = $2) AND ($3::int IS NULL OR s.level = $3)
  AND ($4::date IS NULL OR (i.due_on, i.item) > ($4, $5::uuid))
ORDER BY i.due_on, i.item LIMIT $6
"""


async def dunned(
    tx: Transaction,
    which: tuple[str | None, UUID | None, int | None],
    after: tuple[date, UUID] | None,
    limit: int,
) -> Sequence[Row]:
    """Open items that were reminded, the longest overdue first."""
    return await tx.driver.fetch(DUNNED, *which, *(after or (None, None)), limit)


LETTER = """
SELECT l.*, c.number AS customer_number, c.name AS customer_name, u.name AS company_name,
       b.name AS unit_name
FROM dunning_letters l LEFT JOIN customers c USING (customer)
LEFT JOIN units u ON u.unit = l.company LEFT JOIN units b ON b.unit = c.unit
"""


async def letter(tx: Transaction, letter_id: UUID) -> Row | None:
    """One letter."""
    row: Row | None = await tx.driver.fetchrow(f"{LETTER} WHERE l.id = $1", letter_id)
    return row


async def letters(
    tx: Transaction,
    which: tuple[UUID | None, UUID | None],
    after: tuple[date, UUID] | None,
    limit: int,
) -> Sequence[Row]:
    """Letters of a run or to a customer, the latest first."""
    return await tx.driver.fetch(
        "SELECT l.id, l.run, l.customer, l.level, l.dated_on, c.number AS customer_number,"
        " c.name AS customer_name FROM dunning_letters l LEFT JOIN customers c USING (customer)"
        " WHERE ($1::uuid IS NULL OR l.run = $1) AND ($2::uuid IS NULL OR l.customer = $2)"
        " AND ($3::date IS NULL OR (l.dated_on, l.id) < ($3, $4::uuid))"
        " ORDER BY l.dated_on DESC, l.id DESC LIMIT $5",
        *which,
        *(after or (None, None)),
        limit,
    )


async def charge_lines(tx: Transaction, document: UUID) -> Sequence[Row]:
    """What a fee or interest document is made of."""
    return await tx.driver.fetch(
        "SELECT c.*, d.number FROM dunning_charges c JOIN open_items i USING (item)"
        " JOIN documents d ON d.id = i.document WHERE c.document = $1 ORDER BY i.due_on, c.item",
        document,
    )


# Open at the end of a day is the sum of the receivable entries up to it.
REPORT = """
WITH policy AS (
    SELECT level::int, days FROM unnest($2::int[]) WITH ORDINALITY AS p (days, level)
), at AS (
    SELECT p.level, p.days, i.item, i.currency, i.disputed, sum(e.amount) AS open
    FROM open_items i CROSS JOIN policy p
    JOIN entries e ON e.item = i.item AND e.account = 'receivable'
        AND e.dated_on <= i.due_on + p.days
    WHERE i.company = $1 AND i.kind = 'invoice' AND i.due_on + p.days <= $3
    GROUP BY p.level, p.days, i.item, i.currency, i.disputed
)
SELECT level, days, currency, count(*) AS reminders, sum(open) AS amount,
       count(*) FILTER (WHERE NOT disputed) AS undisputed,
       coalesce(sum(open) FILTER (WHERE NOT disputed), 0) AS undisputed_amount
FROM at WHERE open > 0 GROUP BY level, days, currency ORDER BY currency, level
"""


async def reminders(
    tx: Transaction, company: str, days: Sequence[int], as_of: date
) -> Sequence[Row]:
    """The reminders that a policy would have produced by a day."""
    return await tx.driver.fetch(REPORT, company, days, as_of)
