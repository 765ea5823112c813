"""Work that comes round by the clock: documents to number, reservations that expire."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kernel import metrics
from kernel.context import Context, within
from kernel.logs import logger
from kernel.outage import is_transient

if TYPE_CHECKING:
    from kernel.database import Database, Transaction

Work = Callable[["Transaction"], Awaitable[bool | None]]

MOST_SECONDS_BETWEEN_TRIES = 30.0

log = logger("kernel.jobs")


@dataclass(frozen=True, slots=True)
class Job:
    """A named piece of background work and how often it comes round."""

    name: str
    seconds: float
    work: Work


class Jobs:
    """The background work of one capability.

    A job runs as the worker role in a transaction of its own, in one process of the service at
    a time. One that returns True has more to do and runs again at once.
    """

    def __init__(self) -> None:
        self.all: list[Job] = []

    def every(self, *, seconds: float, name: str) -> Callable[[Work], Work]:
        """Register a job that comes round every so many seconds."""

        def register(work: Work) -> Work:
            self.all.append(Job(name, seconds, work))
            return work

        return register


async def run(job: Job, database: Database, stopping: asyncio.Event, seconds: float) -> None:
    """Do a job again and again until stopped; one that fails is tried again, ever later."""
    wait = seconds
    while not stopping.is_set():
        try:
            more = await once(job, database)
            wait = 0.0 if more else seconds
        except Exception as error:  # noqa: BLE001 - a job may raise whatever it likes
            wait = min(max(wait, seconds, 0.1) * 2, MOST_SECONDS_BETWEEN_TRIES)
            level = log.warning if is_transient(error) else log.exception
            level("job failed", job=job.name, error=repr(error), again_in=wait)
        await _pause(stopping, wait)


async def once(job: Job, database: Database) -> bool:
    """Do a job now, unless another process is doing it; whether it has more to do."""
    labels = {"job": job.name, "outcome": "failed"}
    with within(Context()), metrics.timed(metrics.JOBS, **labels) as measured:
        async with database.working(f"job {job.name}") as tx:
            more = await _mine(tx, job) and await job.work(tx)
        measured["outcome"] = "done"
    return bool(more)


async def _mine(tx: Transaction, job: Job) -> bool:
    """Whether no other process is at it; the database gives the lock back with the commit."""
    lock = "SELECT pg_try_advisory_xact_lock(hashtextextended('job/' || $1, 0))"
    free: bool = await tx.driver.fetchval(lock, job.name)
    return free


async def _pause(stopping: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stopping.wait()
