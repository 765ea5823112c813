"""What a client asked and what it was told: the only thing the checker believes about commands."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

Outcome = Literal["done", "refused", "unknown"]


@dataclass(frozen=True)
class Entry:
    """One command with its last answer.

    `done` was acknowledged, `refused` was answered with a problem that is the command's own,
    `unknown` never got an answer that says which: all of it happened, or nothing.
    """

    op: str
    key: str
    body: Mapping[str, Any]
    outcome: Outcome
    status: int
    answer: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""
    """The order that the command is about, where it is about one."""
    tries: int = 1
    at: float = field(default_factory=time.time)


class History:
    """The entries of a run, kept in a file as they happen."""

    def __init__(self, file: Path) -> None:
        self._file = file.open("a", encoding="utf-8")
        self.entries: list[Entry] = []

    def add(self, entry: Entry) -> None:
        """Write down an entry at once, so that a run that dies leaves its history."""
        self.entries.append(entry)
        self._file.write(json.dumps(asdict(entry)) + "\n")
        self._file.flush()

    def of(self, op: str, outcome: Outcome | None = None) -> Iterator[Entry]:
        """The entries of one operation, of one outcome or of any."""
        return (
            entry for entry in self.entries if entry.op == op and outcome in (None, entry.outcome)
        )
