"""What a paper says, before it is known whether it becomes pages or a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

Cell = str | int | Decimal | date | None
"""None is left empty: what is not known is not written as zero."""


class Kind(StrEnum):
    """How the cells of a column are written, and on which side they stand."""

    TEXT = "text"
    MONEY = "money"
    """A Decimal with the decimals it has, at least two; the currency is said elsewhere."""
    COUNT = "count"
    NUMBER = "number"
    """A Decimal with one decimal: days, points."""
    SHARE = "share"
    """A fraction: 0.125 is written 12.5 %."""
    DAY = "day"


class Tone(StrEnum):
    """How good or bad something is, from paid on time to long overdue."""

    PLAIN = "plain"
    GOOD = "good"
    WATCH = "watch"
    LATE = "late"
    BAD = "bad"
    WORST = "worst"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; wide ones take the width that is left."""

    label: str
    kind: Kind = Kind.TEXT
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a header that is repeated on each page, with their totals."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    title: str = ""
    totals: Sequence[Sequence[Cell]] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that is seen first: what it is, the figure as written, and what to think of it."""

    label: str
    value: str
    hint: str = ""
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures that matter, side by side."""

    items: Sequence[Figure]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a whole: its name, its amount as written, and how large it is."""

    label: str
    value: str
    size: Decimal
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Parts:
    """What a whole is made of, as one bar with its legend; parts of nothing are left out."""

    items: Sequence[Part]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """Paragraphs, an empty line between them."""

    text: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs a letter, and as what."""

    name: str
    role: str = ""
    closing: str = ""


Block = Table | Figures | Parts | Text | Signature


@dataclass(frozen=True, slots=True)
class Paper:
    """A report or a letter.

    Args:
        sender: the company's name, on the letterhead.
        sender_lines: below it: branch, address, tax id, as far as they are known.
        addressee: the lines of a letter's address; none on a report.
        facts: label and text, beside the title: customer, day, number.
        language: es or en.
        footer: small print on each page: when it was made, and for whom.
        file: the name of the file, without its ending.
        wide: on the long side of the page, for many columns.
    """

    title: str
    sender: str
    blocks: Sequence[Block]
    language: str
    file: str
    subtitle: str = ""
    sender_lines: Sequence[str] = ()
    addressee: Sequence[str] = ()
    facts: Sequence[tuple[str, str]] = field(default_factory=tuple)
    footer: str = ""
    wide: bool = False

    @property
    def tables(self) -> Sequence[Table]:
        """Its tables, in their order."""
        return [block for block in self.blocks if isinstance(block, Table)]
