"""Sixteen clients placing orders at once: nobody is refused for a lock, no limit is passed."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from decimal import Decimal

from bench.company import an_order, found, installation, settle
from bench.figures import Figure
from bench.http import Connection
from gerencia.trial import Installation

CLIENTS = 16
SECONDS = 8
LIMIT = "50000"
OK = 300


def measure() -> list[Figure]:
    """First on a customer each, then all on the same one, which has a limit."""
    with installation() as at:
        customers = asyncio.run(found(at, CLIENTS + 1))
        apart, refused_apart = asyncio.run(_race(at, customers[:CLIENTS], "apart"))
        asyncio.run(_limit(at, customers[-1]))
        same, refused_same = asyncio.run(_race(at, customers[-1:] * CLIENTS, "same"))
        used = asyncio.run(_used(at, customers[-1]))
    over = max(Decimal(0), used - Decimal(LIMIT))
    return [
        Figure("16 clients reserving, a customer each", apart, "orders/s"),
        Figure("  refused for a lock", refused_apart, "", 0),
        Figure("16 clients reserving, the same customer", same, "orders/s"),
        Figure("  refused for a lock", refused_same, "", 0),
        Figure("  past the limit", float(over), "MXN", 0),
    ]


async def _race(at: Installation, customers: Sequence[str], name: str) -> tuple[float, int]:
    end = time.perf_counter() + SECONDS
    done = await asyncio.gather(
        *(_client(at, customer, f"{name}-{i}", end) for i, customer in enumerate(customers))
    )
    async with Connection(at.url, at.token) as http:
        await settle(http)
    return sum(placed for placed, _ in done) / SECONDS, sum(refused for _, refused in done)


async def _client(at: Installation, customer: str, name: str, end: float) -> tuple[int, int]:
    placed = refused = 0
    async with Connection(at.url, at.token) as http:
        while time.perf_counter() < end:
            body = an_order(customer, f"{name}-{placed}", price="700")
            status, _ = await http.request("POST", "/orders", body)
            placed, refused = placed + (status < OK), refused + (status >= OK)
    return placed, refused


async def _limit(at: Installation, customer: str) -> None:
    async with Connection(at.url, at.token) as http:
        body = {"limit": {"amount": LIMIT, "currency": "MXN"}}
        status, answer = await http.request("PUT", f"/customers/{customer}/credit/limit", body)
        assert status < OK, answer


async def _used(at: Installation, customer: str) -> Decimal:
    async with Connection(at.url, at.token) as http:
        _, body = await http.request("GET", f"/customers/{customer}/credit")
        return Decimal(json.loads(body)["used"]["amount"])
