"""A command through the gateway, against the same SQL sent by pgbench to an equal database.

The command is signed in, scoped, kept under its idempotency key and told as an event; the SQL is
the whole of what it sends to PostgreSQL (`sql/register_customer.sql`).
"""

from __future__ import annotations

import asyncio
import re
import statistics
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import asyncpg

from bench.company import UNIT, found, installation
from bench.figures import Figure, percentile
from bench.http import Connection
from gerencia.servers.databases import provision
from gerencia.servers.postgres import binaries
from gerencia.trial import Installation
from kernel.migrations import upgrade

CLIENTS = 16
ROUNDS = 5
SECONDS = 6
OK = 300
WHY = "about 12 ms of CPU each: the service 4, PostgreSQL 3, the gateway 2, NATS 2"
SYNCS = "every subscriber's commit is a sync of the same disk; without those the figure halves"
SCRIPT = Path(__file__).parent / "sql" / "register_customer.sql"


def measure() -> list[Figure]:
    """Rounds of both in turn, then the latency at half the rate that was reached."""
    with installation() as at:
        asyncio.run(found(at, 0))
        raw = asyncio.run(_equal_database(at))
        asyncio.run(_rate(at, 3))
        rounds = [(asyncio.run(_rate(at, SECONDS)), _pgbench(raw)) for _ in range(ROUNDS)]
        rate = statistics.median(ours for ours, _ in rounds)
        waits = asyncio.run(_steady(at, rate / 2))
    ratio = statistics.median(ours / theirs for ours, theirs in rounds)
    return [
        Figure("commands through the gateway, 16 clients", rate, "/s"),
        Figure("  pgbench of the same SQL", statistics.median(raw for _, raw in rounds), "/s"),
        Figure("  ratio", ratio, "", 0.12, 0.17, "at_least", WHY),
        Figure("  p50 at half that rate", percentile(waits, 0.5) * 1000, "ms"),
        Figure("  p99 at half that rate", percentile(waits, 0.99) * 1000, "ms", 60, why=SYNCS),
    ]


async def _rate(at: Installation, seconds: float) -> float:
    """Commands per second of sixteen clients that never pause."""
    end = time.perf_counter() + seconds
    done = await asyncio.gather(*(_client(at, end) for _ in range(CLIENTS)))
    return sum(done) / seconds


async def _client(at: Installation, end: float) -> int:
    done = 0
    async with Connection(at.url, at.token) as http:
        while time.perf_counter() < end:
            await _command(http)
            done += 1
    return done


async def _command(http: Connection) -> None:
    key = uuid4().hex
    body = {"name": f"Cliente {key}", "unit": UNIT, "number": key}
    status, answer = await http.request("POST", "/customers", body, key)
    assert status < OK, answer


async def _steady(at: Installation, per_second: float, seconds: float = 10) -> Sequence[float]:
    """The wait of each command at a steady rate, counted from when it was due."""
    due: asyncio.Queue[float | None] = asyncio.Queue()
    waits: list[float] = []
    clients = [asyncio.create_task(_when_due(at, due, waits)) for _ in range(CLIENTS)]
    start = time.perf_counter()
    for number in range(int(per_second * seconds)):
        moment = start + number / per_second
        await asyncio.sleep(max(0, moment - time.perf_counter()))
        due.put_nowait(moment)
    for _ in clients:
        due.put_nowait(None)
    await asyncio.gather(*clients)
    return waits


async def _when_due(at: Installation, due: asyncio.Queue[float | None], waits: list[float]) -> None:
    async with Connection(at.url, at.token) as http:
        while (moment := await due.get()) is not None:
            await _command(http)
            waits.append(time.perf_counter() - moment)


async def _equal_database(at: Installation) -> str:
    """A database beside the service's own, with the same tables and the same two units."""
    logins = await provision(at.admin_dsn, "customers", "raw")
    await upgrade("customers", logins.owner)
    there, here = (
        await asyncpg.connect(logins.owner),
        await asyncpg.connect(at.database("customers")),
    )
    rows = await here.fetch("SELECT * FROM units")
    columns = list(rows[0].keys())
    await there.copy_records_to_table("units", records=[tuple(r) for r in rows], columns=columns)
    await there.close()
    await here.close()
    return logins.app


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
