"""What makes an organisation: a tree for each company, and people in its units."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from kernel.money import DifferentCurrencies, minor_digits
from kernel.problems import Refusal
from targets.organisation.model import Unit


@dataclass(eq=False)
class UnknownUnit(Refusal):
    """There is no such unit."""

    code = "organisation.unknown-unit"
    title = "The unit is unknown"
    unit: str


@dataclass(eq=False)
class UnknownPerson(Refusal):
    """There is no such person."""

    code = "organisation.unknown-person"
    title = "The person is unknown"
    person: str


@dataclass(eq=False)
class AmbiguousName(Refusal):
    """Several people have this name: their keys tell them apart."""

    code = "organisation.ambiguous-name"
    title = "Several people have this name"
    name: str
    keys: list[str]


@dataclass(eq=False)
class DatesReversed(Refusal):
    """A range of days ends before it begins."""

    code = "organisation.dates-reversed"
    title = "The end is not after the beginning"
    start: date
    end: date


@dataclass(eq=False)
class Circular(Refusal):
    """A unit would stand below itself."""

    code = "organisation.circular"
    title = "A unit cannot stand below itself"
    unit: str
    parent: str


@dataclass(eq=False)
class NeedsCurrency(Refusal):
    """A company says which currency it reports in."""

    code = "organisation.needs-currency"
    title = "A company needs a currency"
    company: str


@dataclass(eq=False)
class StaysRoot(Refusal):
    """A company stays the root of its tree, and a unit below it stays below it."""

    code = "organisation.stays-root"
    title = "The unit belongs to another tree"
    unit: str
    company: str


@dataclass(eq=False)
class KeyTaken(Refusal):
    """Another one of the company has this key."""

    code = "organisation.key-taken"
    title = "The key is taken"
    key: str


@dataclass(eq=False)
class OwnSupervisor(Refusal):
    """Nobody supervises themselves."""

    code = "organisation.own-supervisor"
    title = "Nobody supervises themselves"
    person: UUID


def check_days(start: date, end: date | None) -> None:
    """The end is the first day after, so it comes later than the beginning; it may be open.

    Source: TA1.

    >>> check_days(date(2026, 1, 1), date(2026, 1, 2))
    >>> check_days(date(2026, 1, 1), date(2026, 1, 1))
    Traceback (most recent call last):
    targets.organisation.rules.DatesReversed: organisation.dates-reversed: ...
    """
    if end is not None and end <= start:
        raise DatesReversed(start, end)


def currency_of(unit: str, asked: str | None, company: Unit | None) -> str:
    """A company says its currency; the units below report in the same one.

    Source: TA1.

    >>> currency_of("acme", "MXN", None)
    'MXN'
    """
    if company is None:
        if asked is None:
            raise NeedsCurrency(unit)
        minor_digits(asked)  # refuses what is no currency
        return asked
    if asked not in (None, company.currency):
        raise DifferentCurrencies(company.currency, str(asked))
    return company.currency


def check_parent(unit: str, company: str, parent: Unit, above_parent: Collection[str]) -> None:
    """A unit moves within its own company, and never below itself.

    Source: TA1.
    """
    if parent.company != company:
        raise StaysRoot(unit, company)
    if unit in above_parent:
        raise Circular(unit, parent.id)


def holds_from(asked: date | None, first: date, today: date, *, is_new: bool) -> date:
    """A change of place holds from the day asked for, else from today.

    What is new is placed from its first day on. No place begins before that day.

    Source: TA1.

    | asked for | new | first day | today | holds from |
    | 1 March | no | 1 January | 15 March | 1 March |
    | - | no | 1 January | 15 March | 15 March |
    | - | yes | 1 January | 15 March | 1 January |

    >>> holds_from(None, date(2026, 1, 1), date(2026, 3, 15), is_new=False)
    datetime.date(2026, 3, 15)
    """
    return max(first, asked or (first if is_new else today))


def sort_key(name: str) -> str:
    """The key by which people look for a name: no accents, no case, Ñ after N.

    >>> sorted(["Zoe", "ñandú", "Núñez", "Nuno", "álvaro"], key=sort_key)
    ['álvaro', 'Nuno', 'Núñez', 'ñandú', 'Zoe']
    """
    kept = name.casefold().replace("ñ", "n\uffff")
    parts = unicodedata.normalize("NFKD", kept)
    return "".join(part for part in parts if not unicodedata.combining(part))
