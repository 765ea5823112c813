"""A full commission run over a million facts, explained lines stored, against a Decimal oracle."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import asyncpg

from bench.figures import Figure
from gerencia.servers.postgres import PostgresServer
from gerencia.testing import fresh_database
from kernel.database import Database
from targets.commissions.commands import work_off
from targets.commissions.queries import ask_run

FACTS = Path(__file__).parent / "sql" / "million_facts.sql"
Sums = dict[tuple[UUID, int, int], Decimal]
"""Commission by person, year and month."""


def measure() -> list[Figure]:
    """Generate, run once, and compare every person and month with the oracle."""
    with (
        tempfile.TemporaryDirectory(prefix="gerencia-bench-") as folder,
        PostgresServer(Path(folder) / "postgres") as server,
    ):
        return asyncio.run(_measured(server.admin_dsn))


async def _measured(admin_dsn: str) -> list[Figure]:
    async with fresh_database(admin_dsn, "targets") as database:
        owner = await asyncpg.connect(database.dsns.owner)
        await owner.execute(FACTS.read_text())
        seconds = await _run(database)
        ours, lines = (
            await _ours(owner),
            await owner.fetchval("SELECT count(*) FROM commission_lines"),
        )
        oracle = await _oracle(owner)
        await owner.close()
    different = sum(
        ours.get(key, Decimal(0)) != oracle.get(key, Decimal(0))
        for key in ours.keys() | oracle.keys()
    )
    return [
        Figure(f"commission full run, 1M facts, {lines:,} lines stored", seconds, "s", 40),
        Figure(f"  off a Decimal oracle, of {len(oracle):,} person-months", different, "", 0),
    ]


async def _run(database: Database) -> float:
    async with database.working("bench") as tx:
        await ask_run(tx, "big", "asked")
    began = time.perf_counter()
    async with database.working("bench") as tx:
        await work_off(tx)
    return time.perf_counter() - began


async def _ours(owner: asyncpg.Connection[asyncpg.Record]) -> Sums:
    rows = await owner.fetch(
        "SELECT person, extract(year FROM earned_on)::int, extract(month FROM earned_on)::int,"
        " sum(amount) FROM commission_lines GROUP BY 1, 2, 3"
    )
    return {(row[0], row[1], row[2]): row[3] for row in rows}


async def _oracle(owner: asyncpg.Connection[asyncpg.Record]) -> Sums:
    """The rule again, as a loop over Decimals."""
    plans = defaultdict(list)
    for plan in await owner.fetch("SELECT person, rate, valid_from, valid_to FROM plan_versions"):
        plans[plan["person"]].append(plan)
    rows = await owner.fetch("SELECT id, rep, issued_on, net, invoice, invoice_net FROM documents")
    sums: Sums = defaultdict(Decimal)
    rates = dict(_rates(rows, plans))
    for row in rows:
        rate = rates.get(row["invoice"] or row["id"])
        if rate is not None:
            sums[row["rep"], row["issued_on"].year, row["issued_on"].month] += row["net"] * rate
    return dict(sums)


def _rates(
    rows: Sequence[asyncpg.Record], plans: dict[UUID, list[asyncpg.Record]]
) -> Iterator[tuple[UUID, Decimal]]:
    """The rate of each invoice, by the plan in force on its day; a credit note uses it too."""
    for row in rows:
        if row["invoice"] is None:
            for plan in plans.get(row["rep"], ()):
                if plan["valid_from"] <= row["issued_on"] < plan["valid_to"]:
                    yield row["id"], plan["rate"]
