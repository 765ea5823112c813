"""What an import does with its records: takes the good ones and says why not the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from contracts.imports import ImportAnswer, RefusedRow
from kernel.problems import Refusal, say
from targets.bulk import Done


class Record(Protocol):
    """A row of the source, by its key."""

    @property
    def key(self) -> str:
        """What the source calls it."""


R = TypeVar("R", bound=Record)
T = TypeVar("T")


@dataclass(eq=False)
class TwiceInBatch(Refusal):
    """Two rows of a batch have the same key: which one is meant is not known."""

    code = "import.twice-in-batch"
    title = "The key is in the batch twice"
    key: str


class Intake(Generic[R]):
    """The records of one batch; the refused ones are told in the reader's language."""

    def __init__(self, records: Sequence[R], locale: str) -> None:
        self.records = records
        self.locale = locale
        self.refused: list[RefusedRow] = []

    def accepted(self, read: Callable[[R], T]) -> Iterator[T]:
        """What `read` makes of each record; a record that it refuses is left out."""
        seen: set[str] = set()
        for index, record in enumerate(self.records):
            try:
                if record.key in seen:
                    raise TwiceInBatch(record.key)
                seen.add(record.key)
                yield read(record)
            except Refusal as refusal:
                self._refuse(index, record, refusal)

    def _refuse(self, index: int, record: R, refusal: Refusal) -> None:
        title, detail = say(refusal, self.locale)
        row = RefusedRow(index=index, key=record.key, code=refusal.code, detail=detail or title)
        self.refused.append(row)

    def answer(self, *done: Done) -> ImportAnswer:
        """What became of the batch; a record counts once, whatever tables it is kept in."""
        added = frozenset[object]().union(*(each.added for each in done[:1]))
        changed = frozenset[object]().union(*(each.all for each in done)) - added
        taken = len(self.records) - len(self.refused)
        return ImportAnswer(
            added=len(added),
            changed=len(changed),
            unchanged=taken - len(added) - len(changed),
            refused=self.refused,
        )
