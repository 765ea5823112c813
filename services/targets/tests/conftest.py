"""A company with two branches and three people, and what may be invoiced in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID, uuid5

import pytest
from pydantic import BaseModel

from contracts.billing.credit_note_issued import CreditNoteIssuedV1
from contracts.billing.invoice_issued import InvoiceIssuedV1
from contracts.customers.customer_changed import CustomerChangedV1, PersonalV1
from contracts.lines import Line
from contracts.targets.commissions import PutPlan
from contracts.targets.organisation import Person, PutPerson, PutUnit, Unit
from contracts.targets.quotas import Quota, SetQuota
from gerencia.testing import service_database
from kernel.database import Database
from kernel.events import Event, Origin, Received
from kernel.money import Money
from kernel.operations import Command, Operation
from kernel.scope import Principal
from targets.app import SERVICE
from targets.commissions.commands import work_off

database = service_database("targets")

A = TypeVar("A", bound=BaseModel)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
COMPANY = "acme"
UNITS = ("acme", "mty", "gdl", "mty-7")
WORLD = UUID(int=99)
START = date(2026, 1, 1)


def mxn(amount: str) -> Money:
    return Money.of(amount, "MXN")


def some(name: str) -> UUID:
    """The same id for the same name."""
    return uuid5(WORLD, name)


def day(text: str) -> date:
    return date.fromisoformat(text)


def asks(
    *roles: str,
    units: tuple[str, ...] = UNITS,
    person: str = "boss",
    everywhere: bool = False,
    locale: str = "en",
) -> Principal:
    """Somebody with these roles in these units; a rep and nothing else sees only their own."""
    grants = tuple((role, "*") for role in roles) if everywhere else ()
    who = some(person)
    return Principal(who, who, frozenset(roles), units, roles == ("rep",), locale, grants)


def received(event: Event, origin: Origin = "live") -> Received[Any]:
    """An event as it arrives; its id follows from what it is about."""
    return Received(
        event=event,
        id=some(f"{event.type} {event.entity_id}"),
        source="/sites/hub/billing",
        sequence=1,
        position=1,
        logid=some("log"),
        origin=origin,
        occurred_at=NOON,
        recorded_at=NOON,
        correlation=some("correlation"),
        causation=None,
        person=None,
        headers={},
    )


def line(number: int, product: str, net: str) -> Line:
    return Line(number=number, product=product, quantity=Decimal(1), net=Decimal(net))


def invoice(number: str, net: str, **more: Any) -> InvoiceIssuedV1:
    """An invoice of 16 % more than its net, for Ana in Monterrey on 2 March."""
    amount = Money.of(net, more.pop("currency", "MXN"))
    said = {
        "unit": "mty",
        "invoice": some(number),
        "number": number,
        "order": some(f"order {number}"),
        "order_number": f"O-{number}",
        "customer": some("Talleres Peña"),
        "company": COMPANY,
        "rep": some("Ana"),
        "issued_on": "2026-03-02",
        "due_on": "2026-04-01",
        "net": amount,
        "gross": amount.times(Decimal("1.16")),
        "lines": [],
    }
    return InvoiceIssuedV1(**said | more)


def credit(number: str, of: InvoiceIssuedV1, net: str, **more: Any) -> CreditNoteIssuedV1:
    """A credit note against an invoice, a week later."""
    amount = Money.of(net, of.net.currency)
    said = {
        "unit": of.unit,
        "credit_note": some(number),
        "number": number,
        "invoice": of.invoice,
        "order": of.order,
        "order_number": of.order_number,
        "customer": of.customer,
        "company": of.company,
        "rep": of.rep,
        "issued_on": "2026-03-09",
        "net": amount,
        "gross": amount.times(Decimal("1.16")),
        "invoice_net": of.net,
        "lines": [],
    }
    return CreditNoteIssuedV1(**said | more)


@dataclass
class Targets:
    """The service without a bus: what it hears, what it is asked, and what it announced."""

    database: Database
    doors: dict[str, Any] = field(
        default_factory=lambda: {
            name: door for each in SERVICE.operations for name, door in each.doors.items()
        }
    )

    async def hear(self, *events: Event, origin: Origin = "live") -> None:
        """Let events arrive, each in a transaction of its own."""
        for event in events:
            await self.hear_together([event], origin)

    async def hear_together(self, events: Sequence[Event], origin: Origin = "live") -> None:
        """Let events of one type arrive in one transaction."""
        handlers = [
            subscription.handle
            for each in SERVICE.subscriptions
            for subscription in each.all
            if subscription.event is type(events[0])
        ]
        assert handlers, "somebody listens"
        for handle in handlers:
            async with self.database.working("test") as tx:
                await handle(tx, [received(event, origin) for event in events])

    async def ask(self, asked: Operation[A], who: Principal | None = None) -> A:
        """Ask as a director, unless somebody else asks; a command's work is done at once."""
        who = who or asks("director")
        async with self.database.acting_as(who) as tx:
            answer = await self.doors[asked.operation].handle(tx, asked, who)
        if isinstance(asked, Command):
            await self.work_off()
        return answer

    async def work_off(self) -> None:
        """Do the runs that wait."""
        more = True
        while more:
            async with self.database.working("test") as tx:
                more = await work_off(tx)

    async def told(self, fact: str = "") -> list[dict[str, Any]]:
        """The bodies of the events told so far, of one kind or all."""
        rows = await self.rows(
            "SELECT body, personal, headers FROM event_log WHERE type LIKE $1 ORDER BY seq",
            f"targets.{fact}%",
        )
        return [row["body"] for row in rows]

    async def rows(self, statement: str, *given: Any) -> list[dict[str, Any]]:
        """What the worker sees."""
        async with self.database.working("test") as tx:
            return [dict(row) for row in await tx.driver.fetch(statement, *given)]

    async def wrong(self) -> list[str]:
        """What the service's own checks complain of."""
        found: list[str] = []
        for check in SERVICE.checks:
            async with self.database.working("test") as tx:
                found += await check(tx)
        return found

    async def unit(self, name: str, parent: str | None = COMPANY, **more: Any) -> Unit:
        said = {"name": name.title(), "level": "branch", "active_from": START}
        return await self.ask(PutUnit(unit=name, parent=parent, **{**said, **more}))

    async def person(self, name: str, unit: str, **more: Any) -> Person:
        said: dict[str, Any] = {"key": name[0], "job": "seller", "employed_from": START}
        return await self.ask(
            PutPerson(person=some(name), name=name, unit=unit, **{**said, **more})
        )

    async def quota(self, name: str, target: str, start: str, end: str | None) -> Quota:
        return await self.ask(
            SetQuota(
                person=some(name),
                period_start=day(start),
                period_end=day(end) if end else None,
                target=mxn(target),
            )
        )

    async def plan(
        self, name: str, rate: str, start: str = "2026-01-01", end: str | None = None
    ) -> None:
        """A plan version of one person; its key is the person and the first day."""
        await self.ask(
            PutPlan(
                plan=some(f"plan {name} {start}"),
                key=f"{name} {start}",
                person=some(name),
                rate=Decimal(rate),
                valid_from=day(start),
                valid_to=day(end) if end else None,
            )
        )

    async def customer(self, name: str, number: str) -> None:
        await self.hear(
            CustomerChangedV1(
                unit="mty",
                customer=some(name),
                number=number,
                company=COMPANY,
                currency="MXN",
                personal=PersonalV1(name=name),
            )
        )


@pytest.fixture
async def empty(database: Database) -> Targets:
    """The service before anybody told it anything."""
    return Targets(database)


@pytest.fixture
async def targets(empty: Targets) -> Targets:
    """Acme with Monterrey (and its team mty-7) and Guadalajara; Ana and Eva sell, Luis leads."""
    root = PutUnit(
        unit=COMPANY, name="Acme", level="company", currency="MXN", active_from=START, key="ACME"
    )
    await empty.ask(root, asks("administrator", everywhere=True))
    await empty.unit("mty")
    await empty.unit("gdl")
    await empty.unit("mty-7", "mty", level="team")
    await empty.person("Luis", "mty", job="manager")
    await empty.person("Ana", "mty", supervisor=some("Luis"))
    await empty.person("Eva", "gdl")
    return empty
