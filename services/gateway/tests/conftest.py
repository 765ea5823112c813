"""A gateway on a real bus and database, with stand-ins for the services behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest

from contracts.targets.unit_changed import UnitChangedV1
from gateway.app import SERVICE, serving
from gateway.settings import GatewaySettings
from gerencia.testing import Nats, Running, service_database
from kernel.clock import now, today
from kernel.envelope import TYPE_PREFIX, instant, subject_of
from kernel.events import Event
from kernel.ids import uuid7
from kernel.operations import Operation
from kernel.rpc import Operations
from kernel.service import Program, Service

database = service_database("gateway")
other_database = service_database("gateway")
third_database = service_database("gateway")

PASSWORD = "una frase larga"
ANA, BEN = UUID(int=11), UUID(int=12)


@dataclass
class Gateway:
    """The gateway as its users meet it, and the program behind."""

    address: str
    program: Program
    token: str

    def client(self, token: str | None = None, **headers: str) -> httpx.AsyncClient:
        """Somebody with a token; without one the local administrator, with "" nobody."""
        token = self.token if token is None else token
        known = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.AsyncClient(base_url=self.address, headers=known | headers, timeout=10)

    async def tell(self, *events: Event, person: UUID | None = None) -> None:
        """Publish events as their owner's relay does."""
        site = self.program.settings.site
        for event in events:
            moment = instant(now())
            headers = {
                "ce-id": str(uuid7()),
                "ce-type": TYPE_PREFIX + event.type,
                "ce-subject": event.entity_id,
                "ce-time": moment,
                "ce-recordedtime": moment,
                "ce-origin": "live",
            } | ({"ce-person": str(person)} if person else {})
            subject = subject_of(site, event.unit, event.type, event.entity_id)
            body = event.model_dump_json().encode()
            await self.program.nats.publish(subject, body, headers=headers)
        await self.program.nats.flush()

    async def user(self, name: str, *grants: tuple[str, str], person: UUID | None = None) -> str:
        """A new user; returns a token of theirs."""
        body: dict[str, Any] = {
            "name": name.title(),
            "password": PASSWORD,
            "grants": [{"role": role, "unit": unit} for role, unit in grants],
        }
        if person is not None:
            body["person"] = str(person)
        async with self.client() as admin:
            made = await admin.put(f"/api/v1/users/{name}", json=body)
            assert made.status_code == 200, made.text
            token = await admin.post("/api/v1/tokens", json={"name": "test", "user": name})
            assert token.status_code == 201, token.text
        return str(token.json()["token"])


@pytest.fixture
def started(running: Running, tmp_path: Any, site: str, nats: Nats) -> Callable[..., Any]:
    """Starts a gateway with settings of the test's own."""

    @asynccontextmanager
    async def start(database: Any, **settings: Any) -> AsyncIterator[Gateway]:
        file = tmp_path / "admin-token"
        own = GatewaySettings(site=site, port=0, admin_token_file=file, **settings)
        async with running(SERVICE, database) as program, serving(program, own) as address:
            yield Gateway(address, program, file.read_text().strip())

    return start


@pytest.fixture
async def gateway(database: Any, started: Callable[..., Any]) -> AsyncIterator[Gateway]:
    """A gateway with the organisation acme > (mty > mty-7, gdl) and the company otra."""
    async with started(database) as running_gateway:
        await know_units(database)
        yield running_gateway


async def know_units(database: Any) -> None:
    from gateway.organisation import store
    from gateway.organisation.subscribers import ORGANISATION, as_unit

    async with database.working("test") as tx:
        await store.save(tx, [as_unit(unit(*one)) for one in UNITS])
    ORGANISATION.forget()


UNITS = (
    ("acme", "acme", None),
    ("mty", "acme", "acme"),
    ("mty-7", "acme", "mty"),
    ("gdl", "acme", "acme"),
    ("otra", "otra", None),
)


def unit(id_: str, company: str, parent: str | None) -> UnitChangedV1:
    return UnitChangedV1(
        unit=id_,
        key=id_,
        name=id_.title(),
        level="branch" if parent else "company",
        company=company,
        parent=parent,
        currency="MXN",
        active_from=today(),
    )


Answers = dict[type[Operation[Any]], Callable[..., Any]]


@pytest.fixture
def stand_in(running: Running) -> Callable[..., AbstractAsyncContextManager[Program]]:
    """Runs a small service that answers some contracts: a real door, inbox, log and relay."""

    def start(
        name: str, database: Any, answers: Answers, **more: Any
    ) -> AbstractAsyncContextManager[Program]:
        operations = Operations(**more)
        for contract, answer in answers.items():
            operations.command(contract)(answer)  # type: ignore[type-var]
        return running(Service(name, operations=[operations]), database)

    return start
