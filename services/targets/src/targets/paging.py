"""Where a list goes on: the key of the last row, opaque to whoever passes it back."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel

from kernel.operations import Page
from kernel.problems import Malformed

M = TypeVar("M", bound=BaseModel)


def mark(*key: object) -> str:
    """The place after a row, as text that fits into an address.

    >>> place(mark("nunez", 7), 2)
    ['nunez', 7]
    """
    return urlsafe_b64encode(json.dumps(key, default=str).encode()).decode().rstrip("=")


def place(after: str | None, parts: int) -> list[Any]:
    """The key that a mark stands for; of the beginning of a list, so many times None.

    Raises:
        Malformed: it is no mark of this list.
    """
    if after is None:
        return [None] * parts
    try:
        key = json.loads(urlsafe_b64decode(after + "=" * (-len(after) % 4)))
    except ValueError:
        key = None
    if not isinstance(key, list) or len(key) != parts:
        raise Malformed([{"field": "after", "problem": "not a mark of this list"}])
    return key


def page_of(rows: Sequence[M], limit: int, key: Callable[[M], tuple[object, ...]]) -> Page[M]:
    """The rows of one page and the mark of the next, from one row more than the page holds."""
    if len(rows) <= limit:
        return Page(items=rows)
    return Page(items=rows[:limit], next=mark(*key(rows[limit - 1])))
