"""The three logins by which a service reaches its database."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit, urlunsplit


@dataclass(frozen=True)
class Dsns:
    """How a service reaches its database: as program, as background worker, as owner."""

    app: str = field(repr=False)
    worker: str = field(repr=False)
    owner: str = field(repr=False)


def service_dsns(admin_dsn: str, service: str, database: str | None = None) -> Dsns:
    """The addresses of a service's logins; passwords are derived from the administrator's."""
    where = urlsplit(admin_dsn)

    def dsn(role: str) -> str:
        login = f"{service}_{role}"
        secret = hmac.new((where.password or "").encode(), login.encode(), hashlib.sha256)
        address = f"{login}:{quote(secret.hexdigest()[:32])}@{where.hostname}:{where.port}"
        return urlunsplit((where.scheme, address, f"/{database or service}", where.query, ""))

    return Dsns(app=dsn("app"), worker=dsn("worker"), owner=dsn("owner"))
