"""The ageing of a million open items as of a past day, asked for at the gateway.

The items are written straight into billing's database, for bringing them in is measured
elsewhere. A fifth of what was open on that day is paid by now, and a third as many again were
paid before it.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from datetime import date, timedelta

import asyncpg

from bench.company import COMPANY, REP, UNIT, found, installation
from bench.figures import Figure
from bench.http import Connection
from gerencia.servers.logins import service_dsns
from gerencia.trial import Installation
from kernel.clock import today

ITEMS = int(os.environ.get("GERENCIA_BENCH_OPEN_ITEMS", "1000000"))
EACH, OPEN_EACH = 40, 30
"""Invoices of one customer, and how many of them are open on the day."""
CUSTOMERS = -(-ITEMS // OPEN_EACH)
DAYS_AGO = 45
BAR_SECONDS = 3
ROUNDS = 3
OK = 300

# Of 20 invoices 15 are open on the day: 12 until now, 3 until some day since then.
SEED = """
CREATE TEMP TABLE seeded AS
SELECT gen_random_uuid() AS customer, n FROM generate_series(1, {customers}) n;
INSERT INTO customers (customer, number, name, company, unit, owner, currency)
SELECT customer, 'B' || n, 'Cliente ' || n, '{company}', '{unit}', '{rep}'::uuid, 'MXN' FROM seeded;
INSERT INTO credit_accounts (customer, company, unit, owner, currency)
SELECT customer, '{company}', '{unit}', '{rep}'::uuid, 'MXN' FROM seeded;
CREATE TEMP TABLE owed AS
SELECT gen_random_uuid() AS id, gen_random_uuid() AS payment, customer, 'F-' || n || '-' || nth
       AS number, day - 40 - (n * 7 + nth * 13) % 170 AS issued_on, nth % 20 AS kind,
       day + CASE WHEN nth % 20 >= 15 THEN -1 ELSE 1 END * ((n + nth) % 30 + 1) AS paid_on
FROM seeded, generate_series(1, {each}) nth, (SELECT '{day}'::date AS day) days
"""
LEDGER = """
INSERT INTO documents (id, kind, company, unit, rep, customer, number, issued_on, due_on, currency,
                       net, gross, origin)
SELECT id, 'invoice', '{company}', '{unit}', '{rep}'::uuid, customer, number, issued_on, issued_on + 30,
       'MXN', 1000, 1160, 'import'
FROM owed;
INSERT INTO open_items (item, document, kind, company, unit, rep, customer, currency, due_on, open,
                        live)
SELECT id, id, 'invoice', '{company}', '{unit}', '{rep}'::uuid, customer, 'MXN', issued_on + 30,
       CASE WHEN kind < 12 THEN 1160 ELSE 0 END, false
FROM owed;
INSERT INTO postings (id, kind, document, company, unit, rep, customer, dated_on)
SELECT id, 'invoice', id, '{company}', '{unit}', '{rep}'::uuid, customer, issued_on FROM owed
UNION ALL
SELECT payment, 'allocation', payment, '{company}', '{unit}', '{rep}'::uuid, customer, paid_on
FROM owed WHERE kind >= 12;
INSERT INTO entries (posting, line, account, item, company, unit, rep, customer, dated_on,
                     currency, amount)
SELECT id, line, account, CASE line WHEN 1 THEN id END, '{company}', '{unit}', '{rep}'::uuid, customer,
       issued_on, 'MXN', amount
FROM owed, (VALUES (1, 'receivable', 1160), (2, 'revenue', -1000), (3, 'tax', -160))
    lines (line, account, amount);
INSERT INTO entries (posting, line, account, item, company, unit, rep, customer, dated_on,
                     currency, amount)
SELECT payment, line, account, CASE line WHEN 1 THEN payment ELSE id END, '{company}', '{unit}',
       '{rep}'::uuid, customer, paid_on, 'MXN', amount
FROM owed, (VALUES (1, 'unallocated', 1160), (2, 'receivable', -1160)) lines (line, account, amount)
WHERE kind >= 12;
VACUUM ANALYZE
"""


def measure() -> list[Figure]:
    """By company and by what a director asks for; the best of some rounds of each."""
    day = today() - timedelta(days=DAYS_AGO)
    with installation() as at:
        asyncio.run(_seed(at, day))
        asked = {
            "of the company": "",
            f"by customer, {CUSTOMERS:,} rows": "&by=customer",
            "by branch": "&by=branch",
            "by day of invoice": "&basis=invoice",
        }
        took = {name: asyncio.run(_best(at, day, more)) for name, more in asked.items()}
        wrong = asyncio.run(_open(at, day)) - CUSTOMERS * OPEN_EACH
    first, *others = took.items()
    name = f"ageing of {ITEMS:,} open items as of a past day"
    return [
        Figure(name, first[1], "s", BAR_SECONDS),
        *(Figure(f"  {name}", seconds, "s") for name, seconds in others),
        Figure("  items too many or missing", abs(wrong), "", 0),
    ]


async def _seed(at: Installation, day: date) -> None:
    await found(at, 0)
    owner = await asyncpg.connect(service_dsns(at.admin_dsn, "billing").owner)
    given = {
        "company": COMPANY,
        "unit": UNIT,
        "rep": REP,
        "day": day,
        "each": EACH,
        "customers": CUSTOMERS,
    }
    for statement in (SEED + ";\n" + LEDGER).split(";\n"):
        await owner.execute(statement.format(**given))
    await owner.close()


async def _best(at: Installation, day: date, more: str) -> float:
    return min([await _ageing(at, day, more) for _ in range(ROUNDS)])


async def _ageing(at: Installation, day: date, more: str) -> float:
    """Seconds from asking to the whole answer."""
    async with Connection(at.url, at.token) as http:
        began = time.perf_counter()
        path = f"/reports/ageing?company={COMPANY}&as_of={day}{more}"
        status, answer = await http.request("GET", path)
        assert status < OK, answer
        return time.perf_counter() - began


async def _open(at: Installation, day: date) -> int:
    async with Connection(at.url, at.token) as http:
        path = f"/reports/ageing?company={COMPANY}&as_of={day}"
        _, answer = await http.request("GET", path)
        return sum(row["invoices"] for row in json.loads(answer)["rows"])
