"""The servers and databases of the tests, as pytest fixtures.

`postgres` and `nats` come from containers where a Docker engine answers and from the wheels
otherwise; `GERENCIA_TEST_SERVERS=embedded|containers` chooses. A service's conftest.py says:

    database = service_database("billing")
"""

from __future__ import annotations

import asyncio
import functools
import os
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
import pytest_asyncio

from gerencia.servers.databases import administering, grant_connect, provision
from gerencia.servers.logins import Dsns, service_dsns
from gerencia.servers.nats import NatsServer
from gerencia.servers.postgres import PostgresServer

if TYPE_CHECKING:
    from kernel.database import Database
    from kernel.service import Service


class Postgres(Protocol):
    """A PostgreSQL server for tests, by its superuser's address."""

    @property
    def admin_dsn(self) -> str:
        """The superuser's address."""
        ...


class Nats(Protocol):
    """A NATS server for tests."""

    @property
    def url(self) -> str:
        """Where clients connect."""
        ...

    @property
    def monitoring_url(self) -> str:
        """Where it tells its state."""
        ...


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """One PostgreSQL for the session; a power cut may lose what it holds."""
    if in_containers():
        from gerencia.servers.containers import postgres_container

        with postgres_container() as server:
            yield server
            _COPIES.wait()
    else:
        with PostgresServer(tmp_path_factory.mktemp("postgres"), durable=False) as server:
            yield server
            _COPIES.wait()


@pytest.fixture(scope="session")
def nats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nats]:
    """One NATS with JetStream for the session; tests keep apart by their site."""
    with nats_server(tmp_path_factory.mktemp("nats")) as server:
        yield server


@contextmanager
def nats_server(folder: Path) -> Iterator[Nats]:
    """A NATS of one's own, for a test that stops it or empties it."""
    if in_containers():
        from gerencia.servers.containers import nats_container

        with nats_container(folder) as server:
            yield server
    else:
        with NatsServer(folder) as server:
            yield server


@functools.cache
def in_containers() -> bool:
    """Whether the servers come from a Docker engine: when told so, or when one answers."""
    chosen = os.environ.get("GERENCIA_TEST_SERVERS")
    return _engine_answers() if chosen is None else chosen == "containers"


def _engine_answers() -> bool:
    if "DOCKER_HOST" not in os.environ and not Path("/var/run/docker.sock").exists():
        return False  # importing docker costs more than it would tell
    import docker

    try:
        return bool(docker.from_env(timeout=1).ping())
    except Exception:  # noqa: BLE001  # no engine is what it means, whatever the reason
        return False


@pytest.fixture
def site() -> str:
    """An installation of the test's own: no subject or stream is shared with another test."""
    return f"t{secrets.token_hex(6)}"


def service_database(service: str) -> Callable[..., Any]:
    """The fixture of a service's database: migrated, empty, another one in every test.

    It is a `kernel.database.Database`; its addresses are at `.dsns`.
    """

    @pytest_asyncio.fixture
    async def database(postgres: Postgres) -> AsyncIterator[Database]:
        async with fresh_database(postgres.admin_dsn, service) as opened:
            yield opened

    return database


@asynccontextmanager
async def fresh_database(admin_dsn: str, service: str) -> AsyncIterator[Database]:
    """A database copied from the service's migrated template, dropped at the end."""
    from kernel import database as kernel

    dsns = await _COPIES.take(admin_dsn, service)
    database = kernel.Database(dsns.app, dsns.worker)
    database.dsns = kernel.Dsns(dsns.app, dsns.worker, dsns.owner)
    try:
        yield database
    finally:
        await database.close()
        _COPIES.drop(admin_dsn, _name_of(dsns))


class Copies:
    """Copies of the templates: while a test runs, the next one's copy is made beside it."""

    def __init__(self) -> None:
        self._beside = ThreadPoolExecutor(1, "copies")
        self._next: dict[tuple[str, str], Future[Dsns]] = {}

    async def take(self, admin_dsn: str, service: str) -> Dsns:
        """A copy that nobody else has."""
        await migrated_template(admin_dsn, service)
        ready = self._next.pop((admin_dsn, service), None)
        ready = ready or self._made(admin_dsn, service)
        taken = await asyncio.wrap_future(ready)
        self._next[admin_dsn, service] = self._made(admin_dsn, service)
        return taken

    def _made(self, admin_dsn: str, service: str) -> Future[Dsns]:
        name = f"{service}_{secrets.token_hex(4)}"
        return self._beside.submit(asyncio.run, _copy_of_template(admin_dsn, service, name))

    def drop(self, admin_dsn: str, name: str) -> None:
        """Drop a copy, beside the next test."""
        self._beside.submit(asyncio.run, _drop(admin_dsn, name))

    def wait(self) -> None:
        """Wait for what is being made and dropped, before the server stops."""
        self._beside.submit(int).result()
        self._next.clear()


_COPIES = Copies()


async def _drop(admin_dsn: str, name: str) -> None:
    async with administering(admin_dsn) as admin:
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def _copy_of_template(admin_dsn: str, service: str, name: str) -> Dsns:
    async with administering(admin_dsn) as admin:
        # FILE_COPY took 35 ms for 40 tables, WAL_LOG 55 ms, TRUNCATE 45 ms (and TRUNCATE
        # takes away the rows that a migration put there).
        await admin.execute(
            f"CREATE DATABASE {name} TEMPLATE {service} OWNER {service}_owner STRATEGY FILE_COPY"
        )
        await grant_connect(admin, service, name)
    return service_dsns(admin_dsn, service, name)


def _name_of(dsns: Dsns) -> str:
    return dsns.owner.rpartition("/")[2]


_TEMPLATES: set[tuple[str, str]] = set()


async def migrated_template(admin_dsn: str, service: str) -> None:
    """Make and migrate the service's template once in a session."""
    from kernel.migrations import upgrade

    if (admin_dsn, service) in _TEMPLATES:
        return
    dsns = await provision(admin_dsn, service)
    await upgrade(service, dsns.owner)
    _TEMPLATES.add((admin_dsn, service))


class Running(Protocol):
    """Runs a service in this process: `async with running(SERVICE, database) as program`."""

    def __call__(
        self, service: Service, database: Database, **settings: Any
    ) -> AbstractAsyncContextManager[Any]:
        """Start it, and stop it at the end of the block."""
        ...


@pytest.fixture
def running(nats: Nats, site: str) -> Running:
    """Runs a service on the test's NATS and site; it gives the program with its `client`."""

    def run(
        service: Service, database: Database, **settings: Any
    ) -> AbstractAsyncContextManager[Any]:
        from kernel.service import running as run_service
        from kernel.settings import Settings

        environment = {
            "site": site,
            "nats_url": nats.url,
            "nats_monitoring_url": nats.monitoring_url,
            "app_dsn": database.dsns.app,
            "worker_dsn": database.dsns.worker,
            "owner_dsn": database.dsns.owner,
        }
        return run_service(service, Settings(**{**environment, **settings}))

    return run
