"""Credit decisions, against the same SQL sent by pgbench to the same database, round by round.

Sixteen clients decide about orders of a thousand customers, each in a transaction of its own with
its event, which is what the program does with one message; the SQL is in `sql/decide_credit.sql`.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import statistics
import subprocess
import tempfile
import time
from hashlib import md5
from pathlib import Path
from uuid import UUID

import asyncpg

from bench.figures import Figure, percentile
from billing.exposure import commands
from billing.exposure.model import Order
from gerencia.servers.databases import provision
from gerencia.servers.postgres import PostgresServer, binaries
from kernel.database import Database
from kernel.ids import uuid7
from kernel.migrations import upgrade
from kernel.money import Money

CLIENTS = 16
CUSTOMERS = 1_000
ROUNDS = int(os.environ.get("GERENCIA_BENCH_ROUNDS", "5"))
SECONDS = 6
SCRIPT = Path(__file__).parent / "sql" / "decide_credit.sql"
PESO = Money.of("1", "MXN")

SEED = """
INSERT INTO credit_accounts (customer, company, unit, currency, limit_amount)
SELECT md5('c' || n)::uuid, 'bench', 'mty', 'MXN', 1000000000 FROM generate_series(1, $1) n
"""


def measure() -> list[Figure]:
    """Rounds of both in turn; what every decision waited is of our own rounds."""
    with (
        tempfile.TemporaryDirectory(prefix="gerencia-bench-") as folder,
        PostgresServer(Path(folder) / "postgres") as postgres,
    ):
        rounds, waits, refused = asyncio.run(_rounds(postgres.admin_dsn))
    ratio = statistics.median(ours / theirs for ours, theirs in rounds)
    return [
        Figure("credit decisions, 16 clients", statistics.median(o for o, _ in rounds), "/s"),
        Figure("  pgbench of the same SQL", statistics.median(raw for _, raw in rounds), "/s"),
        Figure("  ratio", ratio, "", 0.15, 0.3, "at_least"),
        Figure("  p95", percentile(waits, 0.95) * 1000, "ms", 100),
        Figure("  refused for a lock", refused, "", 0),
    ]


async def _rounds(admin_dsn: str) -> tuple[list[tuple[float, float]], list[float], int]:
    dsns = await provision(admin_dsn, "billing")
    await upgrade("billing", dsns.owner)
    owner = await asyncpg.connect(dsns.owner)
    await owner.execute(SEED, CUSTOMERS)
    await owner.execute("ANALYZE")
    await owner.close()
    database = Database(dsns.app, dsns.worker, connections=CLIENTS)
    rounds: list[tuple[float, float]] = []
    waits: list[float] = []
    refused = 0
    try:
        await _decide_for(database, 2, [])
        for _ in range(ROUNDS):
            done, failed = await _decide_for(database, SECONDS, waits)
            refused += failed
            raw = await asyncio.to_thread(_pgbench, dsns.worker)
            rounds.append((done / SECONDS, raw))
    finally:
        await database.close()
    return rounds, waits, refused


async def _decide_for(database: Database, seconds: float, waits: list[float]) -> tuple[int, int]:
    """How many decisions sixteen clients made, and how many were refused."""
    end = time.perf_counter() + seconds
    done = await asyncio.gather(*(_client(database, end, waits) for _ in range(CLIENTS)))
    return sum(made for made, _ in done), sum(refused for _, refused in done)


async def _client(database: Database, end: float, waits: list[float]) -> tuple[int, int]:
    made = refused = 0
    while (began := time.perf_counter()) < end:
        try:
            await _decide(database)
            made += 1
        except asyncpg.PostgresError:
            refused += 1
        waits.append(time.perf_counter() - began)
    return made, refused


async def _decide(database: Database) -> None:
    key = f"c{random.randint(1, CUSTOMERS)}"
    customer = UUID(bytes=md5(key.encode(), usedforsecurity=False).digest())
    order = Order(uuid7(), "P-1", customer, "bench", "mty", None, PESO)
    async with database.working("bench") as tx:
        await commands.place_orders(tx, [order], {}, history=False)


def _pgbench(dsn: str) -> float:
    command = [
        str(binaries() / "pgbench"),
        *("--no-vacuum", "--protocol=prepared", f"--file={SCRIPT}"),
        *(f"--client={CLIENTS}", "--jobs=1", f"--time={SECONDS}", dsn),
    ]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"tps = ([\d.]+)", printed)
    assert found, printed
    return float(found[1])
