"""Where a list goes on: the key of the last row, opaque to whoever passes it back."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import TypeVar

from kernel.problems import Malformed

K = TypeVar("K")
R = TypeVar("R")


def mark(*key: object) -> str:
    """The place after a row, as text that fits into an address.

    >>> place(mark("nunez", 7), tuple)
    ('nunez', 7)
    """
    return urlsafe_b64encode(json.dumps(key, default=str).encode()).decode().rstrip("=")


def place(after: str, read: Callable[[list[object]], K]) -> K:
    """The key that a mark stands for.

    Raises:
        Malformed: it is no mark of this list.
    """
    try:
        return read(json.loads(urlsafe_b64decode(after + "=" * (-len(after) % 4))))
    except (ValueError, TypeError, KeyError) as wrong:
        error = {"field": "after", "problem": "not a mark of this list"}
        raise Malformed([error]) from wrong


def page_of(
    rows: Sequence[R], limit: int, key: Callable[[R], tuple[object, ...]]
) -> tuple[Sequence[R], str | None]:
    """The rows of one page and the mark of the next, from one row more than the page holds."""
    if len(rows) <= limit:
        return rows, None
    page = rows[:limit]
    return page, mark(*key(page[-1]))
