"""One import from its first barrier to its summary."""

from __future__ import annotations

import csv
import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from gerencia.batches import Sender, Tally, settle
from gerencia.connection import gateway, installation
from gerencia.sources.reading import Barrier, Import, Refused
from kernel import clock
from kernel.ids import uuid7

GATEWAY_SECONDS = 180.0


@dataclass(frozen=True)
class Outcome:
    """What became of an import."""

    source: str
    company: str
    seconds: float
    tallies: Sequence[Tally]
    notes: Sequence[str]
    errors: Path | None
    """The file that names each refused row, its line and the reason."""

    @property
    def refused(self) -> int:
        """How many rows were refused."""
        return sum(len(tally.refused) for tally in self.tallies)

    def summary(self) -> dict[str, Any]:
        """The outcome as scripts read it."""
        return {
            "source": self.source,
            "company": self.company,
            "added": sum(tally.added for tally in self.tallies),
            "changed": sum(tally.changed for tally in self.tallies),
            "unchanged": sum(tally.unchanged for tally in self.tallies),
            "refused": self.refused,
            "errors": str(self.errors) if self.errors else None,
            "seconds": round(self.seconds, 1),
            "notes": list(self.notes),
            "operations": [
                asdict(tally) | {"refused": len(tally.refused)} for tally in self.tallies
            ],
        }

    def print(self, *, as_json: bool) -> None:
        """Print the summary on stdout, as JSON or for a person."""
        if as_json:
            print(json.dumps(self.summary(), indent=2, ensure_ascii=False))
        else:
            self._show()

    def _show(self) -> None:
        table = Table("operation", title=f"Imported into {self.company}", title_justify="left")
        for number in ("added", "changed", "unchanged", "refused"):
            table.add_column(number, justify="right")
        for tally in self.tallies:
            numbers = (tally.added, tally.changed, tally.unchanged, len(tally.refused))
            table.add_row(tally.operation, *(f"{number:,}" for number in numbers))
        console = Console()
        console.print(table)
        for note in self.notes:
            console.print(note)
        if self.errors:
            console.print(f"{self.refused:,} rows were refused; which and why: {self.errors}")
        console.print(f"Every report is right after {self.seconds:.1f} s.")


def run(what: Import) -> Outcome:
    """Send everything, barrier by barrier, and wait until all services have caught up."""
    began = time.monotonic()
    with gateway(timeout=GATEWAY_SECONDS) as http, _progress() as progress:
        sender = Sender(http, str(uuid7()), what.company, {"currency": what.currency})
        tallies: list[Tally] = []
        for barrier in what.barriers:
            tallies += _through(barrier, sender, progress)
            waiting = progress.add_task(f"{barrier.name}: services catch up", total=None)
            settle(http)
            progress.remove_task(waiting)
    refused = [row for tally in tallies for row in tally.refused]
    return Outcome(
        source=what.source,
        company=what.company,
        seconds=time.monotonic() - began,
        tallies=tallies,
        notes=what.notes,
        errors=_error_file(what.company, refused) if refused else None,
    )


def _through(barrier: Barrier, sender: Sender, progress: Progress) -> Iterator[Tally]:
    """Send every load of a barrier, with a bar for each."""
    for load in barrier.loads:
        bar = progress.add_task(load.command.operation, total=load.count)
        tally = Tally(load.command.operation)
        for tally in sender.send(load):
            progress.update(bar, completed=tally.rows)
        yield tally


def _error_file(company: str, refused: Iterable[Refused]) -> Path:
    moment = f"{clock.now():%Y%m%dT%H%M%S}"
    folder = installation().logs
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"import-{company}-{moment}.errors.csv"
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(["file", "line", "key", "code", "reason"])
        for row in refused:
            writer.writerow([row.file, row.line, row.key, row.code, row.reason])
    return file


@contextmanager
def _progress() -> Iterator[Progress]:
    """Bars on stderr, when a person looks."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(file=sys.stderr),
        disable=not sys.stderr.isatty(),
    ) as progress:
        yield progress
