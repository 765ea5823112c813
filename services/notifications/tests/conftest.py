"""People of a small organisation, and the service without a bus."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid5

import pytest
from pydantic import BaseModel
from sqlalchemy import text

from contracts.gateway.user_changed import Grant, UserChangedV1
from contracts.gateway.user_changed import PersonalV1 as UserPersonal
from contracts.notifications.inbox import ListNotifications, Notification
from contracts.samples import SAMPLES
from contracts.targets.person_changed import PersonalV1, PersonChangedV1
from contracts.targets.unit_changed import UnitChangedV1
from gerencia.testing import service_database
from kernel import clock
from kernel.database import Database
from kernel.events import Event, Received
from kernel.ids import uuid7
from kernel.operations import EVERYONE, Operation
from kernel.scope import Principal
from notifications.app import SERVICE

database = service_database("notifications")

A = TypeVar("A", bound=BaseModel)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HELD = SAMPLES["billing.order-held.v1"]
ANA: UUID = HELD.rep
EVA, BEN, CLARA = UUID(int=2), UUID(int=3), UUID(int=4)
"""Eva is Ana's supervisor, Ben manages the company, Clara collects."""


def unit(name: str, parent: str | None = "refacciones") -> UnitChangedV1:
    return UnitChangedV1(
        unit=name,
        key=name,
        name=name,
        level="branch",
        company="refacciones",
        parent=parent,
        currency="MXN",
        active_from=date(2020, 1, 1),
    )


def person(who: UUID, name: str, supervisor: UUID | None = None, **more: Any) -> PersonChangedV1:
    return PersonChangedV1(
        unit="mty",
        person=who,
        key=name,
        company="refacciones",
        job="rep",
        supervisor=supervisor,
        employed_from=date(2020, 1, 1),
        personal=PersonalV1(name=name, **more),
    )


def user(who: UUID, name: str, *grants: tuple[str, str], **more: Any) -> UserChangedV1:
    return UserChangedV1(
        unit=grants[0][1] if grants else "mty",
        user=uuid5(who, "user"),
        person=who,
        grants=[Grant(role=role, unit=unit) for role, unit in grants],
        personal=UserPersonal(name=name, email=f"{name.lower()}@example.com"),
        **more,
    )


def everybody() -> list[Event]:
    return [
        unit("refacciones", None),
        unit("mty"),
        person(EVA, "Eva"),
        person(ANA, "Ana", EVA, email="ana@casa.example"),
        user(ANA, "Ana", ("rep", "mty")),
        user(EVA, "Eva", ("manager", "mty"), locale="en"),
        user(BEN, "Ben", ("manager", "refacciones")),
        user(CLARA, "Clara", ("collector", "*")),
    ]


def received(event: Event, **more: Any) -> Received[Any]:
    """An event as it arrives; what is not said of its envelope does not matter."""
    envelope = {
        "id": uuid7(),
        "source": "/sites/hub/somebody",
        "sequence": 1,
        "position": 1,
        "logid": uuid7(),
        "origin": "live",
        "occurred_at": clock.now(),
        "recorded_at": clock.now(),
        "correlation": uuid7(),
        "causation": None,
        "person": None,
        "headers": {},
    }
    return Received(event=event, **{**envelope, **more})


@dataclass
class Notifications:
    """The service without a bus: its handlers and operations on a database."""

    database: Database

    async def hear(self, *arrivals: Event | Received[Any]) -> None:
        for arrival in arrivals:
            message = arrival if isinstance(arrival, Received) else received(arrival)
            for subscription in (each for all_ in SERVICE.subscriptions for each in all_.all):
                if subscription.event is type(message.event):
                    async with self.database.working("test") as tx:
                        await subscription.handle(tx, [message])

    async def ask(self, asked: Operation[A], who: UUID) -> A:
        principal = Principal(who, who, EVERYONE, (), own_only=False)
        doors = {name: door for each in SERVICE.operations for name, door in each.doors.items()}
        async with self.database.acting_as(principal) as tx:
            return await doors[asked.operation].handle(tx, asked, principal)

    async def told(self, who: UUID) -> list[Notification]:
        return list((await self.ask(ListNotifications(), who)).items)

    async def run(self, name: str) -> bool:
        """One round of a job."""
        job = next(job for each in SERVICE.jobs for job in each.all if job.name == name)
        async with self.database.working("test") as tx:
            return bool(await job.work(tx))

    async def rows(self, table: str) -> list[Any]:
        async with self.database.working("test") as tx:
            return list(await tx.execute(text(f"SELECT * FROM {table}")))


@pytest.fixture
def notifications(database: Database) -> Notifications:
    return Notifications(database)


@pytest.fixture(autouse=True)
def _no_mail_server(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SMTP_URL", "MAIL_FROM", "PUBLIC_ORIGIN"):
        monkeypatch.delenv(f"GERENCIA_{name}", raising=False)
