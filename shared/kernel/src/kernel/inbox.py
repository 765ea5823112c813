"""Which events a service listens to, and what it does about them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from kernel.events import Event, Received

if TYPE_CHECKING:
    from kernel.database import Transaction

E = TypeVar("E", bound=Event)
One = Callable[["Transaction", Received[E]], Awaitable[None]]
Many = Callable[["Transaction", Sequence[Received[E]]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Subscription:
    """One event type and the handler that wants it, as a handler of several."""

    event: type[Event]
    handle: Many[Any]


class Subscriptions:
    """The events one capability listens to.

    A handler runs as the worker role, in the transaction of its message. What came before, and
    states older than one already applied, never reach it.
    """

    def __init__(self) -> None:
        self.all: list[Subscription] = []

    def on(self, event: type[E]) -> Callable[[One[E]], One[E]]:
        """Register a handler of one message."""

        def register(handle: One[E]) -> One[E]:
            async def each(tx: Transaction, messages: Sequence[Received[E]]) -> None:
                for message in messages:
                    await handle(tx, message)

            self.all.append(Subscription(event, each))
            return handle

        return register

    def on_many(self, event: type[E]) -> Callable[[Many[E]], Many[E]]:
        """Register a handler of several messages of one type, in their order per entity."""

        def register(handle: Many[E]) -> Many[E]:
            self.all.append(Subscription(event, handle))
            return handle

        return register


def merged(several: Iterable[Subscriptions]) -> dict[str, list[Subscription]]:
    """Every subscription of a service, by event type; a type may have several."""
    by_type: dict[str, list[Subscription]] = {}
    for subscription in (one for each in several for one in each.all):
        by_type.setdefault(subscription.event.type, []).append(subscription)
    return by_type


def tables(service: str) -> list[str]:
    """What was taken in, how far, and the newest state applied of each entity."""
    names = ("inbox", "progress", "applied_state")
    return [
        """
        CREATE TABLE inbox (
            source text COLLATE "C" NOT NULL,
            id uuid NOT NULL,
            position bigint,
            taken_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (source, id)
        )
        """,
        "CREATE INDEX inbox_taken_at ON inbox USING brin (taken_at)",
        """
        CREATE TABLE progress (
            source text COLLATE "C" PRIMARY KEY,
            logid uuid NOT NULL,
            position bigint NOT NULL,
            pruned_below bigint NOT NULL DEFAULT 0,
            updated_at timestamptz NOT NULL DEFAULT now()
        )
        """,
        """
        CREATE TABLE applied_state (
            source text COLLATE "C" NOT NULL,
            type text COLLATE "C" NOT NULL,
            entity text COLLATE "C" NOT NULL,
            logid uuid NOT NULL,
            sequence bigint NOT NULL,
            PRIMARY KEY (source, type, entity)
        )
        """,
        *(f"GRANT SELECT ON {name} TO {service}_app" for name in names),
        *(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {name} TO {service}_worker" for name in names),
    ]
