"""What every import in batches has in common."""

from __future__ import annotations

from collections.abc import Sequence

from kernel.events import Message
from kernel.operations import ADMINISTRATOR, ANALYST, DIRECTOR

IMPORTERS = frozenset({ADMINISTRATOR, ANALYST, DIRECTOR})


class RefusedRow(Message):
    """A row that was not taken; the others of its batch were."""

    index: int
    """Its place in the batch, from 0."""
    key: str
    code: str
    detail: str


class ImportAnswer(Message):
    """What became of a batch: a row seen before is unchanged, and nothing is told twice."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: Sequence[RefusedRow] = ()
