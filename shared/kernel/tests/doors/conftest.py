"""A made-up subscriber, `desk`, that writes down what it hears from a made-up `shop`."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, ClassVar
from uuid import UUID, uuid4

import asyncpg
import nats as nats_client
import pytest
import pytest_asyncio
from nats.aio.client import Client as Nats
from nats.js.errors import Error as JetStreamError

from gerencia.servers.databases import provision
from kernel.client import OPERATOR, Client
from kernel.clock import now
from kernel.database import Database, Dsns, Transaction
from kernel.events import Event, Message, Received
from kernel.ids import uuid7
from kernel.inbox import Subscriptions
from kernel.jobs import Jobs
from kernel.logs import configure
from kernel.migrations import grants, kernel_tables
from kernel.operations import Command, Question
from kernel.ops import ListParked, ParkedAnswer, ReplayParked, Status, StatusAnswer
from kernel.problems import NotFound
from kernel.rpc import Operations
from kernel.scope import Principal, policies
from kernel.service import Program, Service, running
from kernel.settings import Settings
from kernel.streams import Stream


class SoldV1(Event):
    """Pieces were sold from a shelf."""

    type: ClassVar = "shop.sold.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "shelf"
    shelf: str
    note: str = ""


class ShelfV1(Event):
    """A shelf as it is."""

    type: ClassVar = "shop.shelf.v1"
    kind: ClassVar = "state"
    entity: ClassVar = "shelf"
    shelf: str
    note: str = ""


class HeardV1(Event):
    """The desk heard of a sale."""

    type: ClassVar = "desk.heard.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "shelf"
    shelf: str


class Noted(Message):
    """How many notes there are in scope."""

    notes: int


class Note(Command[Noted]):
    """Write a note; `trouble` says what goes wrong on the way."""

    operation: ClassVar = "desk.note"
    answer: ClassVar = Noted
    roles: ClassVar = frozenset({"rep", "manager"})
    text: str
    unit: str = "mty"
    trouble: str = ""


class Count(Question[Noted]):
    """How many notes the asking person sees."""

    operation: ClassVar = "desk.count"
    answer: ClassVar = Noted
    seconds: float = 0.0


TABLES = [
    (
        "CREATE TABLE heard (nth bigint GENERATED ALWAYS AS IDENTITY, type text, shelf text,"
        " note text, size int)"
    ),
    *grants("desk", "heard"),
    "CREATE TABLE notes (text text NOT NULL, unit text NOT NULL, owner uuid)",
    *policies("notes", service="desk", owner="owner"),
    *grants("desk", "notes"),
]


class Desk:
    """The service under test, and what a test does to it."""

    def __init__(self, database: Database, nats: Nats, url: str, site: str) -> None:
        self.database, self.nats, self.url, self.site = database, nats, url, site
        self.make_shop: Any = None
        self.poison: set[str] = set()
        """Notes whose handling fails."""
        self.logid = uuid4()
        self.position = 0
        self.sequences: dict[str, int] = {}
        self.service = Service(
            "desk",
            operations=[self._operations()],
            subscriptions=[self._subscriptions()],
            projections=["heard"],
        )

    def _subscriptions(self) -> Subscriptions:
        subscriptions = Subscriptions()

        @subscriptions.on(SoldV1)
        async def sold(tx: Transaction, message: Received[SoldV1]) -> None:
            await self._hear(tx, [message])
            tx.announce(HeardV1(unit="mty", shelf=message.event.shelf))

        @subscriptions.on_many(ShelfV1)
        async def shelves(tx: Transaction, messages: Sequence[Received[ShelfV1]]) -> None:
            await self._hear(tx, messages)

        return subscriptions

    async def _hear(self, tx: Transaction, messages: Sequence[Received[Any]]) -> None:
        for message in messages:
            event = message.event
            await tx.driver.execute(
                "INSERT INTO heard (type, shelf, note, size) VALUES ($1, $2, $3, $4)",
                event.type,
                event.shelf,
                event.note,
                len(messages),
            )
            if event.note in self.poison:
                raise RuntimeError(f"cannot bear {event.note}")

    def _operations(self) -> Operations:
        operations = Operations()

        @operations.command(Note)
        async def note(tx: Transaction, asked: Note, who: Principal) -> Noted:
            await tx.driver.execute(
                "INSERT INTO notes (text, unit, owner) VALUES ($1, $2, $3)",
                asked.text,
                asked.unit,
                who.person,
            )
            tx.announce(HeardV1(unit=asked.unit, shelf=asked.text))
            if asked.trouble == "refused":
                raise NotFound("shelf", asked.text)
            if asked.trouble == "slow":
                await asyncio.sleep(0.5)
            if asked.trouble == "defect":
                raise ZeroDivisionError
            return Noted(notes=await tx.driver.fetchval("SELECT count(*) FROM notes"))

        @operations.question(Count)
        async def count(tx: Transaction, asked: Count, who: Principal) -> Noted:
            await asyncio.sleep(asked.seconds)
            return Noted(notes=await tx.driver.fetchval("SELECT count(*) FROM notes"))

        return operations

    @asynccontextmanager
    async def running(self, **settings: Any) -> AsyncIterator[Program]:
        """The service runs while the block lasts."""
        given = {"site": self.site, "nats_url": self.url, "allow_unsynced_broker": True}
        async with running(
            self.service, Settings(**{**given, **settings}), self.database
        ) as program:
            yield program

    @asynccontextmanager
    async def serving_as(self, name: str) -> AsyncIterator[Program]:
        """Only the kernel's own operations, under another name."""
        given = {"site": self.site, "nats_url": self.url, "allow_unsynced_broker": True}
        async with running(Service(name), Settings(**given), self.database) as program:
            yield program

    @asynccontextmanager
    async def serving_shop(self) -> AsyncIterator[Program]:
        """The shop with a database of its own."""
        async with self.make_shop() as database:
            given = {"site": self.site, "nats_url": self.url, "allow_unsynced_broker": True}
            async with running(Service("shop"), Settings(**given), database) as program:
                yield program

    async def declare_stream(self) -> None:
        """The shop's stream, as its relay would declare it."""
        await Stream(self.nats, self.site, "shop").declare()

    def message(self, event: Event, **headers: str) -> tuple[str, bytes, dict[str, str]]:
        """A message of the shop: subject, body, headers; the next position and sequence."""
        entity = event.entity_id
        self.position += 1
        self.sequences[entity] = self.sequences.get(entity, 0) + 1
        told = {
            "ce-specversion": "1.0",
            "ce-id": str(uuid7()),
            "ce-source": f"/sites/{self.site}/shop",
            "ce-type": f"mx.gerencia.{event.type}",
            "ce-subject": entity,
            "ce-time": now().isoformat(),
            "ce-recordedtime": now().isoformat(),
            "ce-sequence": str(self.sequences[entity]),
            "ce-position": str(self.position),
            "ce-logid": str(self.logid),
            "ce-origin": "live",
            "ce-correlationid": str(uuid7()),
        }
        subject = f"evt.{self.site}.mty.{event.type}.{entity}"
        return subject, event.model_dump_json().encode(), {**told, **headers}

    async def tell(self, event: Event, times: int = 1, **headers: str) -> UUID:
        """Put an event into the shop's stream."""
        message = self.message(event, **headers)
        await self.put(*[message] * times)
        return UUID(message[2]["ce-id"])

    async def put(self, *messages: tuple[str, bytes, dict[str, str]]) -> None:
        """Put messages into the stream as they are."""
        broker = self.nats.jetstream(timeout=2)
        for subject, body, headers in messages:
            while True:
                try:
                    await broker.publish(subject, body, headers=headers)
                    break
                except (JetStreamError, nats_client.errors.Error):
                    await asyncio.sleep(0.1)

    async def heard(self) -> list[tuple[str, str]]:
        """Shelf and note of what was heard, in order."""
        async with self.database.working("test") as tx:
            rows = await tx.driver.fetch("SELECT shelf, note FROM heard ORDER BY nth")
        return [(row["shelf"], row["note"]) for row in rows]

    async def hears(self, *expected: tuple[str, str], seconds: float = 10) -> None:
        """Wait until exactly this was heard, in this order."""

        async def so() -> bool:
            return await self.heard() == list(expected)

        if not await eventually(so, seconds):
            assert await self.heard() == list(expected)

    async def parked(self, program: Program) -> ParkedAnswer:
        """What an operator is shown."""
        return await program.client.ask(ListParked(), OPERATOR, service="desk")

    async def replay(self, program: Program) -> int:
        """What an operator does about it."""
        return (await program.client.send(ReplayParked(), OPERATOR, service="desk")).value.count

    async def status(self, program: Program) -> StatusAnswer:
        """What the service says of itself."""
        return await program.client.ask(Status(), OPERATOR, service="desk")


async def eventually(so: Callable[[], Awaitable[bool]], seconds: float = 10) -> bool:
    """Whether something becomes true within a time."""
    until = asyncio.get_running_loop().time() + seconds
    while not await so():
        if asyncio.get_running_loop().time() > until:
            return False
        await asyncio.sleep(0.03)
    return True


_TEMPLATES: set[str] = set()


@pytest.fixture(autouse=True, scope="session")
def _plain_logs() -> None:
    configure("desk", "ERROR")  # else each traceback is drawn with its locals: seconds of it


@pytest_asyncio.fixture
async def make_database(postgres: Any) -> AsyncIterator[Callable[[], Awaitable[str]]]:
    """Makes empty databases with the kernel's tables; they are gone after the test."""
    names: list[str] = []

    async def make() -> str:
        if postgres.admin_dsn not in _TEMPLATES:
            await _fill(await provision(postgres.admin_dsn, "desk"))
            _TEMPLATES.add(postgres.admin_dsn)
        name = f"desk_{secrets.token_hex(4)}"
        await _administer(
            postgres.admin_dsn, f"CREATE DATABASE {name} TEMPLATE desk OWNER desk_owner"
        )
        names.append(name)
        return name

    yield make
    for name in names:
        await _administer(postgres.admin_dsn, f"DROP DATABASE {name} WITH (FORCE)")


@asynccontextmanager
async def opened(admin_dsn: str, name: str) -> AsyncIterator[Database]:
    dsns = await provision(admin_dsn, "desk", name)
    database = Database(dsns.app, dsns.worker)
    database.dsns = Dsns(dsns.app, dsns.worker, dsns.owner)
    try:
        yield database
    finally:
        await database.close()


@pytest_asyncio.fixture
async def database(
    postgres: Any, make_database: Callable[[], Awaitable[str]]
) -> AsyncIterator[Database]:
    async with opened(postgres.admin_dsn, await make_database()) as found:
        yield found


async def _fill(dsns: Any) -> None:
    owner = await asyncpg.connect(dsns.owner)
    for statement in [*kernel_tables("desk"), *TABLES]:
        await owner.execute(statement)
    await owner.close()


async def _administer(admin_dsn: str, statement: str) -> None:
    admin = await asyncpg.connect(admin_dsn)
    await admin.execute(statement)
    await admin.close()


async def connected(url: str) -> Nats:
    """A connection of the test's own."""

    async def quiet(_: Exception) -> None: ...

    return await nats_client.connect(
        url, max_reconnect_attempts=-1, reconnect_time_wait=0.05, error_cb=quiet
    )


@pytest_asyncio.fixture
async def desk(
    database: Database,
    nats: Any,
    site: str,
    postgres: Any,
    make_database: Callable[[], Awaitable[str]],
) -> AsyncIterator[Desk]:
    client = await connected(nats.url)
    desk = Desk(database, client, nats.url, site)

    @asynccontextmanager
    async def make_shop() -> AsyncIterator[Database]:
        async with opened(postgres.admin_dsn, await make_database()) as found:
            yield found

    desk.make_shop = make_shop
    await desk.declare_stream()
    yield desk
    await client.close()


@pytest.fixture
def made_up() -> Any:
    """The names above: tests are no package, so they are handed over and not imported."""

    class Names:
        Sold, Shelf, Note, Count, Status = SoldV1, ShelfV1, Note, Count, Status
        Client, Desk, Jobs = Client, Desk, Jobs

    Names.eventually = staticmethod(eventually)  # type: ignore[attr-defined]
    Names.connected = staticmethod(connected)  # type: ignore[attr-defined]
    return Names
