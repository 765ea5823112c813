"""Whom a paper is written for: their language, and how they write amounts and days."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib import resources
from typing import Any

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent

from gateway.papers.model import Cell, Kind
from kernel.money import Money
from kernel.problems import language_of

# "es" alone would write 50.000,00; most readers of our Spanish write 50,000.00.
_FORMATS = {"es": "es_MX", "en": "en_US"}
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader of a language.

    >>> reader = Reader("en")
    >>> reader.money(Money.of("1234.5", "MXN")), reader.share(Decimal("0.125"))
    ('MX$1,234.50', '12.5%')
    >>> reader.day(date(2026, 3, 1)), reader.month(date(2026, 3, 1))
    ('Mar 1, 2026', 'March 2026')
    """

    locale: str = "es"

    @property
    def language(self) -> str:
        """The language itself: es or en."""
        return language_of(self.locale)

    @property
    def format(self) -> str:
        """The locale by which figures are written."""
        return _FORMATS[self.language]

    def say(self, phrase: str, **given: Any) -> str:
        """A phrase in the reader's language, with its placeholders filled in.

        >>> Reader("es").say("total")
        'Total'
        """
        return phrases(self.language)[phrase].format_map(given)

    def money(self, money: Money) -> str:
        """An amount with its currency; a finer one than the currency's is shown as it is."""
        return format_currency(
            money.amount, money.currency, locale=self.format, decimal_quantization=False
        )

    def day(self, day: date) -> str:
        """A day."""
        return format_date(day, locale=self.format)

    def month(self, day: date) -> str:
        """The month of a day, in words.

        >>> Reader("es").month(date(2026, 3, 1))
        'marzo de 2026'
        """
        style = "MMMM 'de' y" if self.language == "es" else "MMMM y"
        return format_date(day, style, locale=self.format)

    def long_day(self, day: date) -> str:
        """A day as a letter begins with it."""
        return format_date(day, "long", locale=self.format)

    def share(self, fraction: Decimal) -> str:
        """A fraction as percent, with one decimal."""
        return format_percent(fraction, "#,##0.0%", locale=self.format)

    def number(self, number: Decimal) -> str:
        """A number with one decimal, rounded half up."""
        rounded = number.quantize(_TENTH, ROUND_HALF_UP)
        return format_decimal(rounded, "#,##0.0", locale=self.format)

    def cell(self, cell: Cell, kind: Kind) -> str:
        """A cell of a table.

        >>> Reader("es").cell(Decimal("1234.5678"), Kind.MONEY), Reader("es").cell(None, Kind.DAY)
        ('1,234.5678', '')
        """
        if cell is None:
            return ""
        if isinstance(cell, date):
            return self.day(cell)
        if isinstance(cell, int):
            return format_decimal(cell, locale=self.format)
        if isinstance(cell, Decimal):
            return self._decimal(cell, kind)
        return cell

    def _decimal(self, value: Decimal, kind: Kind) -> str:
        if kind is Kind.SHARE:
            return self.share(value)
        if kind is Kind.NUMBER:
            return self.number(value)
        return format_decimal(value, "#,##0.00", locale=self.format, decimal_quantization=False)


@cache
def phrases(language: str) -> Mapping[str, str]:
    """What papers say in a language: `phrases/<capability>.<language>.json`, all of them."""
    folder = resources.files("gateway.papers") / "phrases"
    found: dict[str, str] = {}
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if file.name.endswith(f".{language}.json"):
            found |= json.loads(file.read_text("utf-8"))
    return found
