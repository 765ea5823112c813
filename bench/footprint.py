"""Memory of all programs at rest, and how long a start on an existing data folder takes."""

from __future__ import annotations

import re
import time
from pathlib import Path

from bench.company import installation
from bench.figures import Figure

AT_REST_SECONDS = 10


def measure() -> list[Figure]:
    """Start, rest, weigh; then stop and start again."""
    with installation() as at:
        time.sleep(AT_REST_SECONDS)
        weights = {name: _tree_megabytes(program["pid"]) for name, program in at.programs().items()}
        weights["supervisor"] = _tree_megabytes(at.pid) - sum(weights.values())
        at.stop()
        began = time.perf_counter()
        at.start()
        seconds = time.perf_counter() - began
    heaviest = ", ".join(f"{name} {weight:.0f}" for name, weight in weights.items())
    return [
        Figure(f"memory at rest (PSS: {heaviest})", sum(weights.values()), "MB", 700),
        Figure("start on an existing data folder", seconds, "s", 8, 5),
    ]


def _tree_megabytes(pid: int) -> float:
    """PSS of a process and all its descendants, in MB."""
    rollup = Path(f"/proc/{pid}/smaps_rollup")
    own = re.search(r"^Pss:\s+(\d+) kB", rollup.read_text(), re.MULTILINE)
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(own[1] if own else 0) / 1024 + sum(_tree_megabytes(int(pid)) for pid in children)
