"""Dunning runs over 100,000 overdue items: letters only, fees and interest too, one killed.

The company's customers and invoices are written straight into billing's database, for bringing
them in is measured elsewhere. The runs go the usual way: asked for at the gateway, processed by
billing's own job, watched from outside until they are done.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from datetime import timedelta

import asyncpg

from bench.company import COMPANY, UNIT, found, installation
from bench.figures import Figure
from bench.http import Connection
from gerencia.servers.logins import service_dsns
from gerencia.trial import Installation
from kernel.clock import today

ITEMS = int(os.environ.get("GERENCIA_BENCH_ITEMS", "100000"))
EACH = 5
"""Invoices of one customer."""
FEE = 50
BAR_SECONDS = 30
KILL_AFTER = 0.3
"""Of the run's own time."""
OK = 300

# Every invoice of 1,160 was due 40 days ago, so that each run takes all of them up by a level.
# The first goes by the procedure that every company has, of letters only.
SEED = """
CREATE TEMP TABLE seeded AS
SELECT gen_random_uuid() AS customer, n FROM generate_series(1, $1::int) n;
CREATE TEMP TABLE owed AS
SELECT gen_random_uuid() AS id, customer, 'F-' || n || '-' || nth AS number
FROM seeded, generate_series(1, $2::int) nth;
INSERT INTO customers (customer, number, name, company, unit, currency)
SELECT customer, 'B' || n, 'Cliente ' || n, $3, $4, 'MXN' FROM seeded;
INSERT INTO credit_accounts (customer, company, unit, currency, limit_amount)
SELECT customer, $3, $4, 'MXN', NULL FROM seeded;
INSERT INTO balances (customer, currency, receivable)
SELECT customer, 'MXN', 1160 * $2::int FROM seeded;
INSERT INTO documents (id, kind, company, unit, customer, number, issued_on, due_on, currency,
                       net, gross, origin)
SELECT id, 'invoice', $3, $4, customer, number, $5::date - 30, $5, 'MXN', 1000, 1160, 'live'
FROM owed;
INSERT INTO open_items (item, document, kind, company, unit, customer, currency, due_on, open,
                        live, overdue_on)
SELECT id, id, 'invoice', $3, $4, customer, 'MXN', $5, 1160, true, $5::date + 1 FROM owed;
INSERT INTO postings (id, kind, document, company, unit, customer, dated_on)
SELECT id, 'invoice', id, $3, $4, customer, $5::date - 30 FROM owed;
INSERT INTO entries (posting, line, account, item, company, unit, customer, dated_on, currency,
                     amount)
SELECT id, line, account, CASE line WHEN 1 THEN id END, $3, $4, customer, $5::date - 30, 'MXN',
       amount
FROM owed, (VALUES (1, 'receivable', 1160), (2, 'revenue', -1000), (3, 'tax', -160))
    lines (line, account, amount);
ANALYZE
"""

STEPS = "SELECT count(*) FROM dunning_steps WHERE level = $1"
FEES = "SELECT sum(amount) FROM dunning_charges WHERE kind = 'fee' AND level = $1"
DOUBLE = "SELECT count(*) - count(DISTINCT (item, level)) FROM dunning_charges WHERE kind = 'fee'"


def measure() -> list[Figure]:
    """Three runs, a level each; billing is killed in the middle of the last."""
    with installation() as at:
        asyncio.run(_seed(at))
        plain = asyncio.run(_run(at, 3, 0))
        asyncio.run(_procedure(at))
        charging = asyncio.run(_run(at, 2, 0))
        killed = asyncio.run(_run(at, 1, charging * KILL_AFTER))
        again = asyncio.run(_run(at, 1, 0))
        wrong = asyncio.run(_wrong(at))
    return [
        Figure(f"dunning run over {ITEMS:,} overdue items", plain, "s", BAR_SECONDS),
        Figure("  with a fee and interest on each", charging, "s"),
        Figure("  the same, billing killed in the middle", killed, "s"),
        Figure("  the same, asked for again", again, "s"),
        Figure("  steps or fees missing or double", wrong, "", 0),
    ]


async def _seed(at: Installation) -> None:
    await found(at, 0)
    owner = await asyncpg.connect(service_dsns(at.admin_dsn, "billing").owner)
    given = [ITEMS // EACH, EACH, COMPANY, UNIT, today() - timedelta(days=40)]
    for statement in SEED.split(";\n"):
        used = [value for place, value in enumerate(given, 1) if f"${place}" in statement]
        await owner.execute(_renumbered(statement, len(given)), *used)
    await owner.close()


def _renumbered(statement: str, most: int) -> str:
    """The same statement, its parameters numbered from $1 on without a gap."""
    there = [place for place in range(1, most + 1) if f"${place}" in statement]
    for nth, place in enumerate(there, 1):
        statement = statement.replace(f"${place}", f"${nth}")
    return statement


async def _procedure(at: Installation) -> None:
    fee = {"amount": f"{FEE}.00", "currency": "MXN"}
    levels = [{"level": n, "days": days, "fee": fee} for n, days in enumerate((7, 14, 30), 1)]
    body = {"company": COMPANY, "name": "Banco", "standard": True, "levels": levels}
    async with Connection(at.url, at.token) as http:
        said = body | {"yearly_rate": "0.24"}
        status, answer = await http.request("PUT", "/dunning-procedures/banco", said)
        assert status < OK, answer


async def _run(at: Installation, days_ago: int, kill_after: float) -> float:
    """Seconds from asking for a run to its end."""
    began = time.perf_counter()
    body = {"company": COMPANY, "as_of": (today() - timedelta(days=days_ago)).isoformat()}
    async with Connection(at.url, at.token) as http:
        status, answer = await http.request("POST", "/dunning-runs", body)
        assert status < OK, answer
        run = json.loads(answer)["run"]
    if kill_after:
        await asyncio.sleep(kill_after)
        at.kill("billing")
    async with Connection(at.url, at.token) as http:
        await _end_of(http, run)
    return time.perf_counter() - began


async def _end_of(http: Connection, run: str) -> None:
    """Wait for a run; while billing is away nobody knows how far it is."""
    while True:
        status, answer = await http.request("GET", f"/dunning-runs/{run}")
        if status < OK and json.loads(answer)["state"] == "done":
            return
        await asyncio.sleep(0.1)


async def _wrong(at: Installation) -> float:
    """How far the steps of each level, and the fees of the last two, are from one an item."""
    worker = await asyncpg.connect(at.database("billing"))
    off = [await worker.fetchval(STEPS, level) - ITEMS for level in (1, 2, 3)]
    off += [await worker.fetchval(FEES, level) / FEE - ITEMS for level in (2, 3)]
    off.append(await worker.fetchval(DOUBLE))
    await worker.close()
    return float(sum(map(abs, off)))
