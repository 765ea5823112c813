"""Run the benchmarks, all of them or the named ones, and print what each figure came to."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

from bench.figures import Figure, keep, show

ALL = (
    "relay",
    "commands",
    "orders",
    "credit",
    "invoices",
    "decisions",
    "ageing",
    "dunning",
    "imports",
    "statements",
    "commissions",
    "footprint",
)


def main(names: Sequence[str]) -> int:
    """Measure one after the other, for they share two cores; exit 1 when a bar was missed."""
    figures: list[Figure] = []
    for name in names or ALL:
        sys.stderr.write(f"measuring {name} …\n")
        figures += importlib.import_module(f"bench.{name}").measure()
    show(figures)
    sys.stderr.write(f"written to {keep(figures)}\n")
    return any(figure.verdict == "missed" for figure in figures)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
