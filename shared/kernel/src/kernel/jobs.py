"""Work that comes round by the clock: documents to number, reservations that expire."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kernel.database import Transaction

Work = Callable[["Transaction"], Awaitable[bool | None]]


@dataclass(frozen=True, slots=True)
class Job:
    """A named piece of background work and how often it comes round."""

    name: str
    seconds: float
    work: Work


class Jobs:
    """The background work of one capability.

    A job runs as the worker role in a transaction of its own, in one process of the service at
    a time. One that returns True has more to do and runs again at once.
    """

    def __init__(self) -> None:
        self.all: list[Job] = []

    def every(self, *, seconds: float, name: str) -> Callable[[Work], Work]:
        """Register a job that comes round every so many seconds."""

        def register(work: Work) -> Work:
            self.all.append(Job(name, seconds, work))
            return work

        return register
