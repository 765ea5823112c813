"""The whole AdventureWorks import until every report is right, and lists on what it brought."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from bench.company import installation
from bench.figures import Figure, percentile
from bench.http import Connection
from gerencia.trial import Installation

DATA = Path(os.environ.get("GERENCIA_DATASETS", "../shared/data")) / "adventureworks"
SEARCHES = ("jose", "garcia", "munoz", "alvarez", "perez", "bike", "sport")
ROUNDS = 30


def measure() -> list[Figure]:
    """Import, then list customers as somebody who types without accents does."""
    if not DATA.is_dir():
        sys.stderr.write(f"imports: {DATA} is not there, skipped\n")
        return []
    with installation() as at:
        began = time.perf_counter()
        at.command("import", "adventureworks", str(DATA))
        seconds = time.perf_counter() - began
        waits = asyncio.run(_lists(at))
    return [
        Figure("AdventureWorks import, all reports right", seconds, "s", 180, 90),
        Figure(
            "list page of 100 of 19,185 customers, search, p95",
            percentile(waits, 0.95) * 1000,
            "ms",
            50,
        ),
    ]


async def _lists(at: Installation) -> Sequence[float]:
    waits = []
    async with Connection(at.url, at.token) as http:
        for number in range(ROUNDS * len(SEARCHES)):
            word = quote(SEARCHES[number % len(SEARCHES)])
            began = time.perf_counter()
            status, body = await http.request("GET", f"/customers?search={word}&limit=100")
            waits.append(time.perf_counter() - began)
            assert status == 200, body  # HTTP
    return waits
