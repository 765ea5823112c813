"""PostgreSQL and NATS in containers, for the tests, where a Docker engine answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from testcontainers.community.nats import NatsContainer
from testcontainers.community.postgres import PostgresContainer

from gerencia.servers.postgres import SMALL, UNSAFE

CONFIGURATION = """\
port: 4222
http_port: 8222
max_payload: 8MB
max_pending: 64MB
jetstream { store_dir: "/data", sync_interval: always }
"""


@dataclass(frozen=True)
class PostgresInContainer:
    """A PostgreSQL by its superuser's address."""

    admin_dsn: str


@dataclass(frozen=True)
class NatsInContainer:
    """A NATS by its addresses."""

    url: str
    monitoring_url: str


@contextmanager
def postgres_container() -> Iterator[PostgresInContainer]:
    """A throw-away PostgreSQL, as fast as one that may forget."""
    settings = {**SMALL, **UNSAFE}
    command = " ".join(f"-c {name}={value}" for name, value in settings.items())
    container = PostgresContainer(
        "postgres:17", username="postgres", dbname="postgres", driver=None
    )
    with container.with_command(f"postgres {command}") as running:
        yield PostgresInContainer(running.get_connection_url())


@contextmanager
def nats_container(folder: Path) -> Iterator[NatsInContainer]:
    """A throw-away NATS that syncs every message, as production does."""
    configuration = folder / "nats.conf"
    configuration.write_text(CONFIGURATION)
    container = NatsContainer("nats:2.15-alpine").with_command("-c /etc/gerencia/nats.conf")
    container.with_copy_into_container(configuration, "/etc/gerencia/nats.conf")
    with container as running:
        host, port = running.get_container_host_ip(), running.get_exposed_port(8222)
        yield NatsInContainer(running.nats_uri(), f"http://{host}:{port}")
