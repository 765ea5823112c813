"""Background work comes round, in one process at a time."""

from __future__ import annotations

import asyncio
from typing import Any

from kernel import jobs as kernel_jobs
from kernel.database import Transaction


async def test_a_job_runs_in_one_process_at_a_time(database: Any) -> None:
    at_work, most = 0, 0
    done: list[int] = []
    jobs = kernel_jobs.Jobs()

    @jobs.every(seconds=0.01, name="count")
    async def count(tx: Transaction) -> bool:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        await asyncio.sleep(0.05)
        at_work -= 1
        done.append(1)
        return True

    stopping = asyncio.Event()
    several = [
        asyncio.create_task(kernel_jobs.run(jobs.all[0], database, stopping, 0.01))
        for _ in range(3)
    ]
    while len(done) < 5:
        await asyncio.sleep(0.01)
    stopping.set()
    await asyncio.gather(*several)
    assert most == 1


async def test_a_job_that_fails_leaves_nothing_and_is_tried_again(database: Any) -> None:
    tries: list[int] = []
    stopping = asyncio.Event()
    jobs = kernel_jobs.Jobs()

    @jobs.every(seconds=0.01, name="write")
    async def write(tx: Transaction) -> None:
        tries.append(1)
        await tx.driver.execute("INSERT INTO heard (shelf) VALUES ('a')")
        if len(tries) < 3:
            raise RuntimeError("not yet")
        stopping.set()

    await asyncio.wait_for(kernel_jobs.run(jobs.all[0], database, stopping, 0.01), 5)
    async with database.working("test") as tx:
        assert await tx.driver.fetchval("SELECT count(*) FROM heard") == 1
