"""Makes the services' databases and brings them to their newest revision.

A process of its own (`python -m gerencia.provisioning`), for what it imports is heavy and not
needed afterwards. Services are migrated at the same time, each in a fork: Alembic keeps its
context in module variables.
"""

from __future__ import annotations

import asyncio
import hashlib
import multiprocessing
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
from pathlib import Path


def fingerprint(services: Sequence[str]) -> str:
    """Name the set of all revisions of these services: equal means nothing to migrate."""
    digest = hashlib.sha256()
    for service in services:
        for revision in sorted(_migrations(service).rglob("*.py")):
            digest.update(f"{service}/{revision.name}\n".encode())
            digest.update(revision.read_bytes())
    return digest.hexdigest()


def provision_and_migrate(admin_dsn: str, services: Sequence[str]) -> None:
    """Make each service's database and logins where they are missing, and migrate it."""
    fork = multiprocessing.get_context("fork")
    import kernel.migrations  # noqa: F401  # before the forks, so that it is imported once

    with ProcessPoolExecutor(len(services), mp_context=fork) as pool:
        done = [pool.submit(_provision_one, admin_dsn, service) for service in services]
        for one in done:
            one.result()


def _provision_one(admin_dsn: str, service: str) -> None:
    asyncio.run(_provision(admin_dsn, service))


async def _provision(admin_dsn: str, service: str) -> None:
    from gerencia.servers.databases import provision
    from kernel.migrations import upgrade

    dsns = await provision(admin_dsn, service)
    await upgrade(service, dsns.owner)


def _migrations(service: str) -> Path:
    found = find_spec(service)
    assert found is not None, f"{service} is not installed"
    assert found.origin is not None, f"{service} is no package"
    package = Path(found.origin).parent
    inside = package / "_migrations"
    return inside if inside.is_dir() else package.parents[1] / "migrations"


if __name__ == "__main__":
    provision_and_migrate(os.environ["GERENCIA_ADMIN_DSN"], sys.argv[1:])
