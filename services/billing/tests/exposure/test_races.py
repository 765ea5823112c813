from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator

import pytest

from billing.exposure import store
from contracts.billing.exposure import ListHeldOrders
from kernel.database import Database

from ..conftest import Billing

WRITERS = 16


async def _orders_at_once(billing: Billing, customers, total):
    await asyncio.gather(
        *(
            billing.hear(billing.placed(f"P-{n}", customer, total))
            for n, customer in enumerate(customers)
        )
    )


async def test_sixteen_orders_of_one_customer_never_pass_the_limit(billing: Billing):
    customer = await billing.customer(limit="1000")
    await _orders_at_once(billing, [customer] * WRITERS, "150")
    assert (await billing.credit(customer)).used == billing.mxn(900)
    assert len((await billing.ask(ListHeldOrders())).items) == WRITERS - 6
    assert await billing.wrong() == []


async def test_without_the_lock_the_limit_would_be_passed(billing: Billing, monkeypatch):
    customer = await billing.customer(limit="1000")
    monkeypatch.setattr(store, "LOCK", store.READ)
    await _orders_at_once(billing, [customer] * WRITERS, "150")
    assert (await billing.credit(customer)).used > billing.mxn(1000)


async def test_orders_of_different_customers_never_wait_for_each_other(billing: Billing):
    customers = [await billing.customer(f"Taller {n}", limit="1000") for n in range(WRITERS)]
    waiting = await billing.customer("Lento", limit="1000")
    async with billing.database.working("holds one account") as tx:
        await store.accounts(tx, [waiting], lock=True)
        began = time.monotonic()
        await asyncio.wait_for(_orders_at_once(billing, customers, "150"), timeout=10)
        print(f"{WRITERS} orders in {time.monotonic() - began:.3f} s")
    assert len(await billing.told("credit-reserved")) == WRITERS


CLIENTS = 64


@pytest.fixture
async def crowd(billing: Billing) -> AsyncIterator[Billing]:
    """Sixty-four connections, so that nobody stands in line before the database does it."""
    dsns = billing.database.dsns
    wide = Database(dsns.app, dsns.worker, connections=CLIENTS)
    yield Billing(wide)
    await wide.close()


async def _round(crowd: Billing, number: int) -> None:
    """Sixty-four orders at once for a limit that ten of them fit into."""
    name = f"Carrera {number}"
    customer = await crowd.customer(name, limit="1000")
    await asyncio.gather(
        *(crowd.hear(crowd.placed(f"{name}-{n}", customer, "100")) for n in range(CLIENTS))
    )
    assert (await crowd.credit(customer)).used == crowd.mxn(1000)


@pytest.mark.parametrize("number", range(2))
async def test_sixty_four_clients_racing_for_one_limit_never_pass_it(crowd: Billing, number: int):
    await _round(crowd, number)
    assert len(await crowd.told("credit-reserved")) == 10
    assert len(await crowd.told("order-held")) == CLIENTS - 10


@pytest.mark.soak
@pytest.mark.timeout(7200)
async def test_a_thousand_rounds_of_sixty_four_clients_never_pass_a_limit(crowd: Billing):
    for number in range(int(os.environ.get("GERENCIA_SOAK_ROUNDS", "1000"))):
        await _round(crowd, number)
    assert await crowd.wrong() == []
