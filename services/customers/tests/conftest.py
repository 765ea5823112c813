"""A small organisation in an empty database, and the people who ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

import pytest
from pydantic import BaseModel
from sqlalchemy import insert, text

from contracts.customers.cards import Card, RegisterCustomer
from contracts.customers.orders import Order, PlaceOrder
from customers.app import SERVICE
from customers.tables import people, units
from gerencia.testing import service_database
from kernel.database import Database
from kernel.events import Event, Received
from kernel.ids import uuid7
from kernel.operations import Operation
from kernel.scope import Principal

database = service_database("customers")

A = TypeVar("A", bound=BaseModel)
ANA, BEN, EVA = UUID(int=1), UUID(int=2), UUID(int=3)
UNITS = (
    ("refacciones", "refacciones", "Refacciones", None, "MX"),
    ("mty", "refacciones", "Monterrey", "refacciones", None),
    ("gdl", "refacciones", "Guadalajara", "refacciones", None),
    ("otra", "otra", "Otra", None, None),
)
MXN = "MXN"


def asks(*roles: str, units: tuple[str, ...] = ("refacciones", "mty", "gdl"), person: UUID = EVA):
    """Somebody with these roles in these units; a rep and nothing else sees only their own."""
    return Principal(person, person, frozenset(roles), units, own_only=roles == ("rep",))


EVERYTHING = asks("manager")


@dataclass
class Customers:
    """The service without a bus: its operations on a database, and what it announced."""

    database: Database
    doors: dict[str, Any] = field(
        default_factory=lambda: {
            name: door for each in SERVICE.operations for name, door in each.doors.items()
        }
    )

    async def ask(self, asked: Operation[A], who: Principal = EVERYTHING) -> A:
        async with self.database.acting_as(who) as tx:
            return await self.doors[asked.operation].handle(tx, asked, who)

    def status_of(self, asked: Operation[Any], refusal: Any) -> int:
        return self.doors[asked.operation].status_of(refusal)

    async def told(self) -> list[Any]:
        """(type, body) of every row of the event log, in order."""
        async with self.database.working("test") as tx:
            rows = await tx.execute(
                text("SELECT type, body, personal, headers FROM event_log ORDER BY seq")
            )
            return list(rows)

    async def hear(self, *events: Event, times: int = 1) -> None:
        """Let events arrive, from an owner of which nothing else is known."""
        for event in events * times:
            for each in SERVICE.subscriptions:
                for subscription in each.all:
                    if subscription.event is type(event):
                        async with self.database.working("test") as tx:
                            await subscription.handle(tx, [received(event)])

    async def register(self, name: str = "Talleres Peña", **more: Any) -> Card:
        return await self.ask(RegisterCustomer(name=name, **{"unit": "mty", **more}))

    async def place(self, **more: Any) -> Order:
        """An order of three pieces at 100.25 and two at 50, with 16 % tax."""
        if "customer" not in more:
            more["customer"] = (await self.register()).customer
        return await self.ask(PlaceOrder(**{"lines": LINES, **more}))


def received(event: Event) -> Received[Any]:
    """An event as it arrives, with an envelope that does not matter."""
    return Received(
        event=event,
        id=uuid7(),
        source="/sites/hub/somebody",
        sequence=1,
        position=1,
        logid=uuid7(),
        origin="live",
        occurred_at=NOON,
        recorded_at=NOON,
        correlation=uuid7(),
        causation=None,
        person=None,
        headers={},
    )


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LINES = [
    {
        "product": "DISC-280",
        "quantity": "3",
        "unit_price": {"amount": "100.25", "currency": MXN},
        "tax_rate": "0.16",
    },
    {
        "product": "PAD-11",
        "quantity": "2",
        "unit_price": {"amount": "50", "currency": MXN},
        "tax_rate": "0.16",
    },
]


@pytest.fixture
async def customers(database: Database) -> Customers:
    columns = ("unit", "company", "name", "parent", "country")
    async with database.working("test") as tx:
        rows = [dict(zip(columns, row, strict=True)) for row in UNITS]
        await tx.execute(
            insert(units), [row | {"key": row["unit"], "currency": MXN} for row in rows]
        )
        await tx.execute(
            insert(people),
            [
                {"person": person, "company": "refacciones", "unit": "mty", "key": n, "name": n}
                for person, n in ((ANA, "Ana"), (BEN, "Ben"), (EVA, "Eva"))
            ],
        )
    return Customers(database)
