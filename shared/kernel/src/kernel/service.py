"""A service: what it answers, what it listens to, what it does by the clock; and how it runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kernel.inbox import Subscriptions
from kernel.jobs import Jobs
from kernel.rpc import Operations

if TYPE_CHECKING:
    from kernel.database import Transaction

Check = Callable[["Transaction"], Awaitable[list[str]]]
"""Looks for what must never be; returns each violation in words."""


@dataclass(frozen=True)
class Service:
    """Everything one program is made of.

    Args:
        projections: the tables that are fed by others' events alone, in an order in which they
            can be emptied; a rebuild empties them and fills them from the owners' snapshots.
    """

    name: str
    operations: Sequence[Operations] = ()
    subscriptions: Sequence[Subscriptions] = ()
    jobs: Sequence[Jobs] = ()
    checks: Sequence[Check] = ()
    projections: Sequence[str] = field(default=())


def main(service: Service) -> None:
    """`python -m billing` runs the service, `python -m billing migrate` prepares its database."""
    raise NotImplementedError
