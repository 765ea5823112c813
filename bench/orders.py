"""How long it takes from placing an order until the gateway shows it confirmed or held."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence

from bench.company import an_order, found, installation
from bench.figures import Figure, percentile
from bench.http import Connection

PER_SECOND = 50
SECONDS = 20
CUSTOMERS = 1000
CLIENTS = 16
WHY = (
    "about 21 ms of CPU per order (customers 5, PostgreSQL 5, NATS 3.5), and ten syncs of one disk"
)
DECIDED = ("order-confirmed", "order-held")


def measure() -> list[Figure]:
    """Place orders at a steady rate on a fresh installation."""
    with installation() as at:
        waits = asyncio.run(_run(at.url, at.token, asyncio.run(found(at, CUSTOMERS))))
    name = f"order placed -> decided, {PER_SECOND}/s"
    return [
        Figure(f"{name}, p50", percentile(waits, 0.5) * 1000, "ms"),
        Figure(f"{name}, p99", percentile(waits, 0.99) * 1000, "ms", 150, 100, why=WHY),
    ]


async def _run(url: str, token: str, customers: Sequence[str]) -> Sequence[float]:
    warm = await Rate(url, token, customers, "warm").run(5)
    assert warm
    return await Rate(url, token, customers, "hot").run(SECONDS)


class Rate:
    """Orders at a steady rate, watched on the live stream as an open page watches them."""

    def __init__(self, url: str, token: str, customers: Sequence[str], name: str) -> None:
        self._url, self._token, self._customers, self._name = url, token, customers, name
        self._sent: dict[str, float] = {}
        self._decided: dict[str, float] = {}
        self._due: asyncio.Queue[int | None] = asyncio.Queue()

    async def run(self, seconds: int) -> Sequence[float]:
        """The seconds that each order waited, the slowest of all included."""
        total = PER_SECOND * seconds
        async with Connection(self._url, self._token) as live:
            watching = asyncio.create_task(self._watch(await live.lines("/live")))
            clients = [asyncio.create_task(self._client()) for _ in range(CLIENTS)]
            await self._clock(total)
            await asyncio.gather(*clients)
            await self._wait_for(total)
            watching.cancel()
        return [self._decided[order] - sent for order, sent in self._sent.items()]

    async def _clock(self, total: int) -> None:
        start = time.perf_counter()
        for number in range(total):
            await asyncio.sleep(max(0, start + number / PER_SECOND - time.perf_counter()))
            self._due.put_nowait(number)
        for _ in range(CLIENTS):
            self._due.put_nowait(None)

    async def _client(self) -> None:
        async with Connection(self._url, self._token) as http:
            while (number := await self._due.get()) is not None:
                customer = self._customers[number % len(self._customers)]
                began = time.perf_counter()
                status, body = await http.request(
                    "POST", "/orders", an_order(customer, f"{self._name}-{number}")
                )
                assert status < 300, body  # HTTP
                self._sent[json.loads(body)["order"]] = began

    async def _watch(self, reader: asyncio.StreamReader) -> None:
        async for line in reader:
            text = line.decode()
            if text.startswith("data:") and any(word in text for word in DECIDED):
                event = json.loads(text[5:])
                self._decided.setdefault(str(event["entity"]), time.perf_counter())

    async def _wait_for(self, total: int) -> None:
        for _ in range(300):
            if len(self._decided.keys() & self._sent.keys()) == total:
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"{total - len(self._decided)} of {total} orders were not decided")
