"""Days and amounts as they are written in files: read strictly, for a guess would move money."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import cache

EARLIEST = 1990
_DAYS = {
    "YYYY-MM-DD": r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)",
    "YYYYMMDD": r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)",
    "DD/MM/YYYY": r"(?P<d>\d\d?)/(?P<m>\d\d?)/(?P<y>\d{4})",
    "MM/DD/YYYY": r"(?P<m>\d\d?)/(?P<d>\d\d?)/(?P<y>\d{4})",
    "DD.MM.YYYY": r"(?P<d>\d\d?)\.(?P<m>\d\d?)\.(?P<y>\d{4})",
    "DD-MM-YYYY": r"(?P<d>\d\d?)-(?P<m>\d\d?)-(?P<y>\d{4})",
}
_PATTERNS = {name: re.compile(pattern, re.ASCII) for name, pattern in _DAYS.items()}


def day_of(text: str, form: str) -> date:
    """A day of the calendar, written as said.

    Raises:
        ValueError: it is written otherwise, is no day, or lies before banks sent files.

    >>> day_of("02/03/2026", "DD/MM/YYYY").isoformat()
    '2026-03-02'
    """
    found = _PATTERNS[form].fullmatch(text)
    if found is None or int(found["y"]) < EARLIEST:
        raise ValueError(f"{text[:20]!r} is no day of the form {form}")
    return date(int(found["y"]), int(found["m"]), int(found["d"]))


def amount_of(text: str, decimal: str = ".", thousands: str = "") -> Decimal:
    """An exact amount; groups of thousands are of three digits, or it is not an amount.

    Raises:
        ValueError: it is written otherwise, as `1e9`, `NaN` or `1,23` where the comma groups.

    >>> amount_of("-1.234.567,80", ",", ".")
    Decimal('-1234567.80')
    """
    if not _amount(decimal, thousands).fullmatch(text):
        raise ValueError(f"{text[:30]!r} is no amount")
    return Decimal(text.replace(thousands, "").replace(decimal, "."))


@cache
def _amount(decimal: str, thousands: str) -> re.Pattern[str]:
    point, group = re.escape(decimal), re.escape(thousands)
    grouped = rf"|[0-9]{{1,3}}(?:{group}[0-9]{{3}})+" if thousands else ""
    return re.compile(rf"[+-]?(?:[0-9]{{1,15}}{grouped})(?:{point}[0-9]{{1,5}})?")
