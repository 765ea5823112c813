"""Rows on stdout: for a person, for a spreadsheet, for a program."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

Rows = Sequence[Mapping[str, Any]]

NUMBERS = frozenset(
    {
        "actual", "amount", "attainment", "base", "basis", "current", "d1_30", "d31_60", "d61_90",
        "gross", "invoices", "net", "orders", "over_90", "quota", "rate", "total",
    }
)  # fmt: skip


def table(rows: Rows, fields: Sequence[str]) -> None:
    """Print columns for a person; what is not known stays empty."""
    grid = Table(header_style="bold")
    for field in fields:
        grid.add_column(field, justify="right" if field in NUMBERS else "left", no_wrap=True)
    for row in rows:
        grid.add_row(*("" if row[field] is None else str(row[field]) for field in fields))
    console = Console()
    if not console.is_terminal:
        console.width = 240
    console.print(grid)


def as_csv(rows: Rows, fields: Sequence[str]) -> None:
    """Print CSV with a header; what is not known stays empty."""
    writer = csv.DictWriter(sys.stdout, fields, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


def as_json(rows: Rows, fields: Sequence[str]) -> None:
    """Print an array of objects."""
    print(json.dumps(list(rows), indent=1, ensure_ascii=False))
