"""A figure, its bar, and the table that shows both."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.table import Table

OUT = Path(__file__).parent / "out"


@dataclass(frozen=True)
class Figure:
    """One measured figure.

    `at_least` says which way is good; a figure without a bar is context. `why` is the profile's
    word where a bar is missed.
    """

    name: str
    value: float
    unit: str
    bar: float | None = None
    aim: float | None = None
    good: Literal["at_least", "at_most"] = "at_most"
    why: str = ""

    @property
    def verdict(self) -> str:
        """`aim`, `bar`, `missed`, or nothing where there is no bar."""
        if self.bar is None:
            return ""
        if self.aim is not None and self._reaches(self.aim):
            return "aim"
        return "bar" if self._reaches(self.bar) else "missed"

    def _reaches(self, mark: float) -> bool:
        return self.value >= mark if self.good == "at_least" else self.value <= mark


def median_of(rounds: int, measure: Callable[[], float]) -> float:
    """The median of several rounds: machines are noisy."""
    return statistics.median(measure() for _ in range(rounds))


def percentile(values: Sequence[float], share: float) -> float:
    """The value that a share of all stays within: 0.99 is p99.

    >>> percentile([1.0, 2.0, 3.0, 4.0], 0.5)
    2.0
    """
    ordered = sorted(values)
    return ordered[max(0, min(len(ordered) - 1, round(share * len(ordered)) - 1))]


def show(figures: Sequence[Figure]) -> None:
    """Print the table."""
    table = Table("figure", "value", "bar", "aim", "verdict", title="make bench")
    for figure in figures:
        table.add_row(
            figure.name,
            f"{figure.value:,.3g} {figure.unit}".strip(),
            _mark(figure, figure.bar),
            _mark(figure, figure.aim),
            figure.verdict + (f": {figure.why}" if figure.verdict == "missed" else ""),
        )
    Console(width=140).print(table)


def keep(figures: Sequence[Figure]) -> Path:
    """Write the figures down as JSON, for comparing with another run."""
    OUT.mkdir(exist_ok=True)
    file = OUT / "latest.json"
    rows = [{**asdict(figure), "verdict": figure.verdict} for figure in figures]
    file.write_text(json.dumps(rows, indent=2) + "\n")
    return file


def _mark(figure: Figure, mark: float | None) -> str:
    if mark is None:
        return ""
    return f"{'≥' if figure.good == 'at_least' else '≤'} {mark:g}"
