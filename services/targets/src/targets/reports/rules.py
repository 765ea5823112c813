"""How a report is asked for: which period, which level."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.period import Period
from kernel.problems import Refusal


@dataclass(eq=False)
class UnknownPeriod(Refusal):
    """A period is a year, a quarter or a month."""

    code = "reports.unknown-period"
    title = "The period is not a year, a quarter or a month"
    period: str


@dataclass(eq=False)
class UnknownLevel(Refusal):
    """No unit of the company is on this level."""

    code = "reports.unknown-level"
    title = "The company has no such level"
    level: str
    levels: list[str]


@dataclass(eq=False)
class SeveralCurrencies(Refusal):
    """Amounts of several currencies have no sum."""

    code = "reports.several-currencies"
    title = "The lines are in several currencies"
    currencies: list[str]


def period_called(label: str) -> Period:
    """The period that a label names.

    >>> period_called("2013-Q1").end
    datetime.date(2013, 4, 1)
    """
    try:
        return Period.parse(label)
    except ValueError as wrong:
        raise UnknownPeriod(label) from wrong


def check_level(level: str, levels: list[str]) -> None:
    """A level is one that the company's units have."""
    if level not in levels:
        raise UnknownLevel(level, levels)
