"""A company to measure on: one branch, a rep, and as many customers as a figure needs."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.http import Connection
from gerencia.trial import Installation
from kernel.ids import imported_id, unit_id

COMPANY = "bench"
UNIT = unit_id(COMPANY, "mty")
REP = imported_id(COMPANY, "person", "ana")
SINCE = "2020-01-01"
BATCH = 500


@contextmanager
def installation() -> Iterator[Installation]:
    """A fresh installation without limits on how often one may ask, gone at the end."""
    with tempfile.TemporaryDirectory(prefix="gerencia-bench-") as folder:
        running = Installation(Path(folder) / "data", {"GERENCIA_RATE_LIMIT": "10000000/minute"})
        running.start()
        try:
            yield running
        finally:
            running.stop()


async def found(at: Installation, customers: int) -> Sequence[str]:
    """Import the company and its customers; returns the ids of the customers."""
    async with Connection(at.url, at.token) as http:
        await _batch(http, "targets.import-units", _UNITS)
        await _batch(http, "targets.import-people", _PEOPLE)
        await settle(http)
        keys = [f"C{number}" for number in range(customers)]
        for start in range(0, customers, BATCH):
            cards = [_card(key) for key in keys[start : start + BATCH]]
            await _batch(http, "customers.import-customers", cards, currency="MXN")
        await settle(http)
        return [str(imported_id(COMPANY, "customer", key)) for key in keys]


async def settle(http: Connection) -> None:
    """Wait until every service has taken in everything."""
    status, body = await http.request("GET", "/admin/settled?timeout=60")
    assert status == 200, body  # HTTP


def an_order(customer: str, number: str, price: str = "100") -> dict[str, Any]:
    """The body that places an order of one line."""
    line = {
        "product": "A",
        "quantity": "1",
        "unit_price": {"amount": price, "currency": "MXN"},
        "tax_rate": "0.16",
    }
    return {"customer": customer, "number": number, "lines": [line]}


async def _batch(http: Connection, operation: str, records: Sequence[Any], **more: str) -> None:
    body = {"company": COMPANY, "records": records, **more}
    status, answer = await http.request("POST", f"/batches/{operation}", body)
    assert status == 200, answer  # HTTP
    assert not json.loads(answer)["refused"], answer


def _card(key: str) -> dict[str, str]:
    return {"key": key, "kind": "company", "name": f"Cliente {key}", "unit": "mty", "owner": "ana"}


_UNITS = [
    {
        "key": COMPANY,
        "name": "Banco de pruebas",
        "level": "company",
        "currency": "MXN",
        "active_from": SINCE,
    },
    {
        "key": "mty",
        "name": "Monterrey",
        "level": "branch",
        "parent": COMPANY,
        "active_from": SINCE,
    },
]
_PEOPLE = [{"key": "ana", "name": "Ana", "unit": "mty", "job": "asesor", "employed_from": SINCE}]
