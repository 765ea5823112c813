"""Four writers invoice deliveries of three lines, while their events and numbers are given."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid5

from bench.figures import Figure
from billing.app import SERVICE
from billing.ledger.checks import ledger_is_whole
from billing.ledger.goods import invoice_deliveries
from contracts.customers.order_delivered import OrderDeliveredV1
from contracts.lines import Line
from gerencia.servers.logins import Dsns
from gerencia.servers.nats import NatsServer
from gerencia.servers.postgres import PostgresServer
from gerencia.testing import fresh_database
from kernel.database import Database
from kernel.money import Money
from kernel.service import running
from kernel.settings import Settings

WRITERS, CUSTOMERS = 4, 1000
AT_ONCE = 20
"""A consumer takes as many messages as wait, up to 200, into one transaction."""
INVOICES = int(os.environ.get("BENCH_INVOICES", "10000"))
WORLD = UUID(int=7)


def measure() -> list[Figure]:
    """By four processes, into a database that survives a power cut.

    Each by itself for context, and then as a consumer does it, who takes what waits.
    """
    with (
        tempfile.TemporaryDirectory(prefix="gerencia-bench-") as folder,
        PostgresServer(Path(folder) / "postgres") as postgres,
        NatsServer(Path(folder) / "nats") as broker,
    ):
        return asyncio.run(_measure(postgres.admin_dsn, broker))


async def _measure(admin_dsn: str, broker: NatsServer) -> list[Figure]:
    async with fresh_database(admin_dsn, "billing") as database:
        settings = Settings(
            site="bench",
            nats_url=broker.url,
            nats_monitoring_url=broker.monitoring_url,
            app_dsn=database.dsns.app,
            worker_dsn=database.dsns.worker,
            owner_dsn=database.dsns.owner,
        )
        async with running(SERVICE, settings):
            writers = await Writers.start(database.dsns)
            alone = await _round(database, writers, "alone", 1)
            together = await _round(database, writers, "together", AT_ONCE)
            await writers.stop()
        async with database.working("check") as tx:
            wrong = await ledger_is_whole(tx)
    return [*alone, *together, Figure("  gaps and other complaints", len(wrong), "", 0)]


async def _round(database: Database, writers: Writers, name: str, at_once: int) -> list[Figure]:
    began = time.perf_counter()
    refused = await writers.write(name, INVOICES, at_once)
    written = time.perf_counter()
    numbered = await _until(database, "SELECT count(*) = 0 FROM unnumbered")
    told = await _until(database, "SELECT published = assigned FROM relay_cursor")
    bar = None if at_once == 1 else 300
    what = f"{WRITERS} writers, invoices of 3 lines, {at_once} to a transaction"
    return [
        Figure(what, INVOICES / (written - began), "/s", bar, good="at_least"),
        Figure("  refused", refused, "", 0),
        Figure("  all numbered after the last", numbered - written, "s", 1),
        Figure("  all told after the last", told - written, "s"),
    ]


class Writers:
    """Four processes that wait for the word, so that none of their starting is measured."""

    def __init__(self, processes: list[asyncio.subprocess.Process]) -> None:
        self._processes = processes

    @classmethod
    async def start(cls, dsns: Dsns) -> Writers:
        """Start them and wait until they are ready."""
        pipe = asyncio.subprocess.PIPE
        command = (sys.executable, "-m", "bench.invoices", dsns.app, dsns.worker)
        processes = [
            await asyncio.create_subprocess_exec(*command, str(nth), stdin=pipe, stdout=pipe)
            for nth in range(WRITERS)
        ]
        writers = cls(processes)
        await writers.write("warm", INVOICES // 10, 1)
        return writers

    async def write(self, name: str, invoices: int, at_once: int) -> int:
        """Let them write so many in all, so many to a transaction; how many were refused."""
        return sum(
            await asyncio.gather(
                *(self._one(each, name, invoices, at_once) for each in self._processes)
            )
        )

    async def _one(
        self, each: asyncio.subprocess.Process, name: str, invoices: int, at_once: int
    ) -> int:
        assert each.stdin
        assert each.stdout
        each.stdin.write(f"{name} {invoices // WRITERS} {at_once}\n".encode())
        return int(await each.stdout.readline())

    async def stop(self) -> None:
        """They are not needed any more."""
        for each in self._processes:
            each.kill()
            await each.wait()


async def _until(database: Database, question: str) -> float:
    """When the answer became yes."""
    while True:
        async with database.working("how far") as tx:
            if await tx.driver.fetchval(question):
                return time.perf_counter()
        await asyncio.sleep(0.02)


async def write(database: Database, numbers: Sequence[str], at_once: int) -> int:
    """Invoice these deliveries, so many to a transaction; how many were refused."""
    refused = 0
    for start in range(0, len(numbers), at_once):
        batch = [_delivery(number) for number in numbers[start : start + at_once]]
        try:
            async with database.working("invoice") as tx:
                await invoice_deliveries(tx, batch, {}, history=False)
        except Exception:  # noqa: BLE001 - whatever the reason, it counts
            refused += len(batch)
    return refused


async def _writer(app: str, worker: str, nth: str) -> None:
    database = Database(app, worker)
    while line := await asyncio.to_thread(sys.stdin.readline):
        name, invoices, at_once = line.split()
        numbers = [f"{name}-{nth}-{n}" for n in range(int(invoices))]
        sys.stdout.write(f"{await write(database, numbers, int(at_once))}\n")
        sys.stdout.flush()
    await database.close()


def _delivery(number: str) -> OrderDeliveredV1:
    lines = [
        Line(number=n, product=f"DISC-{n}", quantity=Decimal(2), net=Decimal(100))
        for n in (1, 2, 3)
    ]
    order = uuid5(WORLD, number)
    return OrderDeliveredV1(
        unit="mty",
        order=order,
        number=number,
        delivery=uuid5(order, "delivery"),
        customer=UUID(int=1 + hash(number) % CUSTOMERS),
        company="bench",
        rep=UUID(int=5),
        delivered_on=date(2026, 3, 2),
        due_on=date(2026, 4, 1),
        net=Money.of(300, "MXN"),
        gross=Money.of(348, "MXN"),
        lines=lines,
    )


if __name__ == "__main__":
    asyncio.run(_writer(*sys.argv[1:]))
