"""How long something that did not work is waited for."""

from __future__ import annotations

from datetime import timedelta

_FIRST, _LONGEST = timedelta(seconds=1), timedelta(minutes=15)


def wait(attempts: int) -> timedelta:
    """How long until the next attempt: twice as long each time, up to a quarter of an hour.

    Source: NO6.

    >>> [wait(attempts).total_seconds() for attempts in (1, 2, 3, 20)]
    [1.0, 2.0, 4.0, 900.0]
    """
    return min(_FIRST * (1 << min(attempts - 1, 20)), _LONGEST)
