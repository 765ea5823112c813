"""A company with two branches in an empty database, and what may happen to its customers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid5

import pytest
from pydantic import BaseModel

from billing.app import SERVICE
from billing.ledger.checks import ledger_is_whole
from billing.numbering.jobs import number_documents
from billing.tables import people, units
from contracts.billing.exposure import GetOrderCredit
from contracts.billing.ledger import Document, ListDocuments, PaymentRecorded, RecordPayment
from contracts.billing.limits import CreditAccount, GetCredit, SetLimit
from contracts.customers.customer_changed import CustomerChangedV1, PersonalV1
from contracts.customers.order_cancelled import OrderCancelledV1
from contracts.customers.order_confirmed import OrderConfirmedV1
from contracts.customers.order_delivered import OrderDeliveredV1
from contracts.customers.order_placed import OrderPlacedV1
from contracts.customers.order_returned import OrderReturnedV1
from gerencia.testing import service_database
from kernel.database import Database
from kernel.events import Event, Origin, Received
from kernel.ids import uuid7
from kernel.money import Money
from kernel.operations import Operation
from kernel.scope import Principal

database = service_database("billing")

A = TypeVar("A", bound=BaseModel)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
COMPANY, UNITS = "refacciones", ("refacciones", "mty", "gdl")
ANA, EVA = UUID(int=1), UUID(int=3)
WORLD = UUID(int=99)


def mxn(amount: str | int) -> Money:
    return Money.of(str(amount), "MXN")


def some(name: str) -> UUID:
    """The same id for the same name."""
    return uuid5(WORLD, name)


def asks(
    *roles: str,
    units: tuple[str, ...] = UNITS,
    person: UUID = EVA,
    grants: tuple[tuple[str, str], ...] = (),
) -> Principal:
    """Somebody with these roles in these units; a rep and nothing else sees only their own."""
    own = roles == ("rep",)
    return Principal(person, person, frozenset(roles), units, own_only=own, grants=grants)


def received(event: Event, origin: Origin = "live") -> Received[Any]:
    """An event as it arrives, with an envelope that does not matter."""
    return Received(
        event=event,
        id=uuid7(),
        source="/sites/hub/customers",
        sequence=1,
        position=1,
        logid=uuid7(),
        origin=origin,
        occurred_at=NOON,
        recorded_at=NOON,
        correlation=uuid7(),
        causation=None,
        person=None,
        headers={},
    )


@dataclass
class Billing:
    """The service without a bus: what it hears, what it is asked, and what it announced."""

    database: Database
    doors: dict[str, Any] = field(
        default_factory=lambda: {
            name: door for each in SERVICE.operations for name, door in each.doors.items()
        }
    )
    mxn = staticmethod(mxn)
    some = staticmethod(some)
    asks = staticmethod(asks)

    async def hear(self, *events: Event, origin: Origin = "live") -> None:
        """Let events arrive, each in a transaction of its own."""
        for event in events:
            await self.hear_together([event], origin)

    async def hear_together(self, events: Sequence[Event], origin: Origin = "live") -> None:
        """Let events of one type arrive in one transaction."""
        for each in SERVICE.subscriptions:
            for subscription in each.all:
                if subscription.event is type(events[0]):
                    async with self.database.working("test") as tx:
                        tx.origin = origin
                        await subscription.handle(tx, [received(one, origin) for one in events])

    async def ask(self, asked: Operation[A], who: Principal | None = None) -> A:
        async with self.database.acting_as(who or asks("director")) as tx:
            return await self.doors[asked.operation].handle(tx, asked, who or asks("director"))

    def status_of(self, asked: Operation[Any], refusal: Any) -> int:
        return self.doors[asked.operation].status_of(refusal)

    async def told(self, fact: str = "") -> list[dict[str, Any]]:
        """The bodies of the events told so far, of one kind or all."""
        async with self.database.working("test") as tx:
            rows = await tx.driver.fetch(
                "SELECT type, body, headers FROM event_log WHERE type LIKE $1 ORDER BY seq",
                f"billing.{fact}%",
            )
        return [row["body"] | {"type": row["type"]} for row in rows]

    async def numbered(self) -> None:
        """Wait until all documents have their numbers.

        A document waits for every transaction of the server that is older, of whatever database.
        """
        for _ in range(200):
            async with self.database.working("numbers") as tx:
                await number_documents(tx)
                if not await tx.driver.fetchval("SELECT count(*) FROM unnumbered"):
                    return
            await asyncio.sleep(0.02)
        raise AssertionError("documents wait for their numbers")

    async def wrong(self) -> list[str]:
        """What the service's own checks complain of."""
        async with self.database.working("test") as tx:
            return await ledger_is_whole(tx)

    async def customer(
        self,
        name: str = "Taller Norte",
        *,
        limit: str | None = None,
        origin: Origin = "live",
        unit: str = "mty",
        owner: UUID | None = ANA,
    ) -> UUID:
        card = CustomerChangedV1(
            unit=unit,
            customer=some(name),
            number=f"C-{name}",
            company=COMPANY,
            owner=owner,
            currency="MXN",
            personal=PersonalV1(name=name),
        )
        await self.hear(card, origin=origin)
        if limit is not None:
            await self.ask(SetLimit(customer=some(name), limit=mxn(limit)))
        return some(name)

    async def credit(self, customer: UUID, who: Principal | None = None) -> CreditAccount:
        return await self.ask(GetCredit(customer=customer), who)

    async def state(self, order: str) -> str:
        return (await self.ask(GetOrderCredit(order=some(order)))).state

    async def documents(self, **which: Any) -> Sequence[Document]:
        return (await self.ask(ListDocuments(**which))).items

    async def pay(self, customer: UUID, amount: str, **more: Any) -> PaymentRecorded:
        paid_on = date.fromisoformat(more.pop("paid_on", "2026-03-02"))
        asked = RecordPayment(customer=customer, amount=mxn(amount), paid_on=paid_on, **more)
        return await self.ask(asked)

    def placed(self, order: str, customer: UUID, total: str, **more: Any) -> OrderPlacedV1:
        return OrderPlacedV1(**self._order(order, customer, total, placed_on="2026-03-02", **more))

    def confirmed(self, order: str, customer: UUID, total: str, **more: Any) -> OrderConfirmedV1:
        return OrderConfirmedV1(
            **self._order(order, customer, total, confirmed_on="2026-03-02", **more)
        )

    def cancelled(self, order: str, customer: UUID) -> OrderCancelledV1:
        return OrderCancelledV1(**self._order(order, customer, "0"))

    def delivered(self, order: str, customer: UUID, total: str, **more: Any) -> OrderDeliveredV1:
        said = {"delivered_on": "2026-03-02", "due_on": "2026-04-01", "delivery": some(order)}
        return OrderDeliveredV1(**self._order(order, customer, total, **{**said, **more}))

    def returned(self, order: str, customer: UUID, total: str, **more: Any) -> OrderReturnedV1:
        said = {
            "returned_on": "2026-03-09",
            "delivery": some(order),
            "goods_return": some(f"{order} back {total}"),
        }
        return OrderReturnedV1(**self._order(order, customer, total, **{**said, **more}))

    def _order(self, order: str, customer: UUID, total: str, **more: Any) -> dict[str, Any]:
        gross = Money.of(total, more.pop("currency", "MXN"))
        said = {
            "unit": "mty",
            "order": some(order),
            "number": order,
            "customer": customer,
            "company": COMPANY,
            "rep": ANA,
            "net": gross,
            "gross": gross,
            "lines": [],
        }
        return said | more


@pytest.fixture
async def billing(database: Database) -> Billing:
    async with database.working("test") as tx:
        for unit, parent in (("refacciones", None), ("mty", COMPANY), ("gdl", COMPANY)):
            row = {"unit": unit, "key": unit, "name": unit.title(), "company": COMPANY}
            await tx.execute(units.insert(), [row | {"parent": parent}])
        for person, name in ((ANA, "Ana"), (EVA, "Eva")):
            row = {"person": person, "key": name[0], "name": name}
            await tx.execute(people.insert(), [row | {"company": COMPANY, "unit": "mty"}])
    return Billing(database)


@dataclass(frozen=True)
class FileStore:
    """A folder in which the gateway might have put uploaded files."""

    folder: Path

    def put(self, content: bytes) -> str:
        """Upload a file; returns how services refer to it."""
        digest = sha256(content).hexdigest()
        file = self.folder / "sha256" / digest[:2] / digest
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        return f"sha256:{digest}"


@pytest.fixture
def file_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FileStore:
    monkeypatch.setenv("GERENCIA_FILES", str(tmp_path))
    return FileStore(tmp_path)
