from __future__ import annotations

import asyncpg
import pytest

from billing.exposure.checks import held_orders_wait

from ..conftest import Billing


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("DELETE FROM approvals", "a held order is in nobody's inbox: P-1"),
        (
            "UPDATE commitments SET state = 'reserved'",
            "an order waits in the inbox and is not held: P-1",
        ),
    ],
)
async def test_a_held_order_that_nobody_would_find_is_found(
    billing: Billing, fault: str, said: str
):
    customer = await billing.customer()
    await billing.hear(billing.placed("P-1", customer, "5"))
    async with billing.database.working("test") as tx:
        assert await held_orders_wait(tx) == []
    await owner(billing, fault)
    async with billing.database.working("test") as tx:
        assert await held_orders_wait(tx) == [said]


async def owner(billing: Billing, statement: str) -> None:
    """Do what no program of ours may do."""
    connection = await asyncpg.connect(billing.database.dsns.owner)
    await connection.execute(statement)
    await connection.close()
