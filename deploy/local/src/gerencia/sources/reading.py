"""Rows of files, records made of them, and what was wrong with those that gave none."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Generic, TextIO, TypeVar, cast

from pydantic import BaseModel, ValidationError

from gerencia.installation import GerenciaError
from kernel.operations import Command

R = TypeVar("R", bound=BaseModel)


class BadValue(ValueError):
    """A value of a row cannot be what it should be; the message is for the person who mends it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = f"source.{code}"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a file, with the place where it stands."""

    file: str
    number: int
    """The line of the file where the row begins; the header is line 1."""
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values[column].strip()

    def text(self, column: str) -> str:
        """Read a text that must be there."""
        if not self[column]:
            raise BadValue("missing", f"{column} is empty")
        return self[column]

    def day(self, column: str, form: str | None = None) -> date:
        """Read a day, in ISO form or in the one given; a time of midnight behind it is left out."""
        text = self[column].removesuffix(" 00:00:00")
        try:
            if form is None:
                return date.fromisoformat(text)
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            raise BadValue("no-such-day", f"{column}: {text!r} is not a day") from None

    def decimal(self, column: str) -> Decimal:
        """Read an exact decimal number."""
        text = self[column]
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise BadValue("no-number", f"{column}: {text!r} is not a number")
        return number

    def number_above_zero(self, column: str) -> Decimal:
        """Read a quantity."""
        number = self.decimal(column)
        if number <= 0:
            raise BadValue("not-above-zero", f"{column}: {number} is not above zero")
        return number

    def one_of(self, column: str, known: Iterable[str], what: str) -> str:
        """Read a key that must be known."""
        key = self[column]
        if key not in known:
            raise BadValue("unknown-key", f"{column}: there is no {what} {key!r}")
        return key


@dataclass(frozen=True, slots=True)
class Row(Generic[R]):
    """A record and the line it was made of."""

    line: Line
    record: R


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not taken, and why."""

    file: str
    line: int
    key: str
    code: str
    reason: str


Read = Row[R] | Refused


@dataclass(frozen=True)
class Load:
    """All records of one kind, and the command that takes them in batches.

    `in_order`: one batch after the other, for a record may name an earlier one.
    """

    command: type[Command[Any]]
    rows: Callable[[], Iterator[Read[Any]]]
    in_order: bool = False
    count: int | None = None
    """About how many rows there are, for a progress bar; None when nobody counted."""


@dataclass(frozen=True)
class Barrier:
    """Loads that need nothing of each other; everybody has caught up before the next barrier."""

    name: str
    loads: Sequence[Load]


@dataclass(frozen=True)
class Import:
    """Everything that a source gives, in the order in which it has to come in."""

    source: str
    company: str
    currency: str
    barriers: Sequence[Barrier]
    notes: Sequence[str] = ()
    """What had to be assumed."""


def lines_of(file: Path, columns: Iterable[str]) -> list[Line]:
    """Read a CSV file, plain or gzip, with its header.

    Raises:
        GerenciaError: it is missing, unreadable or lacks one of the columns.
    """
    try:
        with _opened(file) as text:
            return list(_lines(file, csv.reader(text), list(columns)))
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as failed:
        raise GerenciaError(f"{file} cannot be read: {failed}.") from failed


def _opened(file: Path) -> TextIO:
    if file.suffix == ".gz":
        return cast("TextIO", gzip.open(file, "rt", encoding="utf-8-sig", newline=""))
    return file.open(encoding="utf-8-sig", newline="")


def _lines(file: Path, rows: Any, columns: list[str]) -> Iterator[Line]:
    header: list[str] = next(rows, [])
    lacking = sorted(set(columns) - set(header))
    if lacking:
        raise GerenciaError(f"{file} has no column {', '.join(lacking)}.")
    places = [header.index(column) for column in columns]
    begins = rows.line_num + 1
    for row in rows:
        values = row + [""] * (len(header) - len(row))
        yield Line(file.name, begins, {c: values[i] for c, i in zip(columns, places, strict=True)})
        begins = rows.line_num + 1


def records(
    lines: Iterable[Line], key: Callable[[Line], str], make: Callable[[Line], R]
) -> Iterator[Read[R]]:
    """Make a record of each line; a line that gives none is told with its reason.

    A key that was there before is refused, for nobody knows which of the two lines is right.
    """
    seen: set[str] = set()
    for line in lines:
        name = key(line)
        try:
            _first_time(name, seen)
            yield Row(line, make(line))
        except BadValue as bad:
            yield Refused(line.file, line.number, name, bad.code, str(bad))
        except ValidationError as bad:
            yield Refused(line.file, line.number, name, "source.not-valid", _in_words(bad))


def _first_time(key: str, seen: set[str]) -> None:
    if key in seen:
        raise BadValue("key-twice", f"{key!r} stood on an earlier line")
    seen.add(key)


def _in_words(bad: ValidationError) -> str:
    said = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in bad.errors())
    return "; ".join(said)


def good(read: Iterable[Read[R]]) -> Iterator[Row[R]]:
    """Only the rows that gave a record."""
    return (each for each in read if isinstance(each, Row))
