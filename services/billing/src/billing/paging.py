"""Lists page by key: where a page ended is where the next begins."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from kernel.problems import Malformed

K = TypeVar("K")


def cursor(*key: object) -> str:
    """A key as text to hand out."""
    return urlsafe_b64encode(json.dumps([str(part) for part in key]).encode()).decode()


def key(after: str | None, *types: Callable[[str], Any]) -> tuple[Any, ...] | None:
    """The key that a cursor stands for; None on the first page.

    Raises:
        Malformed: the cursor is not one of ours.

    >>> key(cursor("a", 7), str, int)
    ('a', 7)
    """
    if after is None:
        return None
    try:
        parts = json.loads(urlsafe_b64decode(after.encode()))
        return tuple(read(part) for read, part in zip(types, parts, strict=True))
    except (ValueError, TypeError) as wrong:
        error = {"field": "after", "message": "not a place in this list"}
        raise Malformed([error]) from wrong


def page(rows: Sequence[K], limit: int) -> tuple[Sequence[K], K | None]:
    """The rows of a page, read with one more than fits; and its last, when more follow."""
    shown = rows[:limit]
    return shown, shown[-1] if len(rows) > limit else None
