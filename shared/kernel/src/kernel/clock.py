"""The only reader of a clock; everything else is given the moment as an argument."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_stopped: ContextVar[datetime | None] = ContextVar("clock_stopped_at", default=None)


def now() -> datetime:
    """The present instant, in UTC."""
    return _stopped.get() or datetime.now(UTC)


def today(tz: str = "UTC") -> date:
    """The present day where the clocks show `tz`: a branch's business day is its own.

    >>> with stopped_at(datetime(2026, 1, 1, 3, 0, tzinfo=UTC)):
    ...     today("America/Mexico_City").isoformat()
    '2025-12-31'
    """
    return now().astimezone(ZoneInfo(tz)).date()


@contextmanager
def stopped_at(moment: datetime) -> Iterator[None]:
    """Within this block, and the tasks started in it, the clock shows `moment`: for tests."""
    assert moment.tzinfo is not None, "an instant names its time zone"
    token = _stopped.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _stopped.reset(token)
