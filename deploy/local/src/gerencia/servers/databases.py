"""A database for a service, and the three logins that reach it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeAlias
from urllib.parse import unquote, urlsplit

import asyncpg

from gerencia.servers.logins import Dsns, service_dsns

Administrator: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

# The same characters and order wherever it runs; Spanish order is a stored sort key.
CHARACTERS = (
    "TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
    " LC_COLLATE 'C' LC_CTYPE 'C'"
)


async def provision(admin_dsn: str, service: str, database: str | None = None) -> Dsns:
    """Make the service's database and its three logins, when they are not there."""
    database = database or service
    dsns = service_dsns(admin_dsn, service, database)
    async with administering(admin_dsn) as admin:
        for dsn in (dsns.owner, dsns.app, dsns.worker):
            await _ensure_login(admin, dsn)
        await _ensure_database(admin, service, database)
    return dsns


@asynccontextmanager
async def administering(admin_dsn: str) -> AsyncIterator[Administrator]:
    """Work as the cluster's superuser."""
    admin = await asyncpg.connect(admin_dsn)
    try:
        yield admin
    finally:
        await admin.close()


async def _ensure_login(admin: Administrator, dsn: str) -> None:
    login = urlsplit(dsn)
    role, password = login.username or "", unquote(login.password or "")
    if await admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role) is None:
        await admin.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{password}'")


async def _ensure_database(admin: Administrator, service: str, database: str) -> None:
    if await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database) is not None:
        return
    await admin.execute(f"CREATE DATABASE {database} OWNER {service}_owner {CHARACTERS}")
    await grant_connect(admin, service, database)


async def grant_connect(admin: Administrator, service: str, database: str) -> None:
    """Let the service's own logins into its database, and nobody else."""
    await admin.execute(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC")
    await admin.execute(
        f"GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {service}_app, {service}_worker"
    )
