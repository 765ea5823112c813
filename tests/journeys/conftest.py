"""All five programs in this process, and a small company in them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from gateway.app import serving
from gateway.settings import GatewaySettings
from gerencia.testing import Nats, Running, service_database

PASSWORD = "una frase larga"
DAY = date.today().replace(day=1).isoformat()  # noqa: DTZ011 - a day of the test, not of the product

customers_database = service_database("customers")
billing_database = service_database("billing")
targets_database = service_database("targets")
notifications_database = service_database("notifications")
gateway_database = service_database("gateway")


@dataclass
class Company:
    """The company as its people meet it: through the gateway, and not otherwise."""

    address: str
    admin: httpx.AsyncClient
    people: dict[str, UUID] = field(default_factory=dict)
    at: dict[str, httpx.AsyncClient] = field(default_factory=dict)

    def __getitem__(self, name: str) -> httpx.AsyncClient:
        return self.at[name]

    async def settled(self) -> None:
        """Wait until everything that happened has had its effects."""
        answer = await self.admin.get("/admin/settled", params={"timeout": "30"}, timeout=40)
        assert answer.status_code == 200, answer.text

    async def employ(self, name: str, role: str, unit: str) -> None:
        """Somebody new, who may sign in."""
        person = self.people[name] = uuid4()
        body = {"name": name.title(), "unit": unit, "job": role, "employed_from": DAY}
        await done(self.admin.put(f"/people/{person}", json=body | {"email": f"{name}@acme.mx"}))
        user = {
            "name": name.title(),
            "email": f"{name}@acme.mx",
            "password": PASSWORD,
            "person": str(person),
            "grants": [{"role": role, "unit": unit}],
        }
        await done(self.admin.put(f"/users/{name}", json=user))
        self.at[name] = client(self.address)
        sign_in = {"user": name, "password": PASSWORD}
        await done(self.at[name].post("/sessions", json=sign_in))


def client(address: str, **headers: str) -> httpx.AsyncClient:
    known = {"Sec-Fetch-Site": "same-origin"} | headers
    return httpx.AsyncClient(base_url=f"{address}/api/v1/", headers=known, timeout=20)


async def done(request: Awaitable[httpx.Response]) -> Any:
    """The answer of a request that must not be refused."""
    answer = await request
    assert answer.is_success, f"{answer.request.method} {answer.request.url}: {answer.text}"
    return answer.json() if answer.content else None


async def until(ask: Callable[[], Awaitable[Any]], wanted: Callable[[Any], bool]) -> Any:
    """What is asked for, as soon as it is as wanted."""
    for _ in range(200):
        found = await ask()
        if wanted(found):
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"it stayed {found}")


@pytest.fixture
async def company(
    running: Running,
    nats: Nats,
    site: str,
    tmp_path: Path,
    customers_database: Any,
    billing_database: Any,
    targets_database: Any,
    notifications_database: Any,
    gateway_database: Any,
) -> AsyncIterator[Company]:
    """Acme with Monterrey (Ana sells, Eva manages) and Guadalajara (Ben manages)."""
    from billing.app import SERVICE as BILLING
    from customers.app import SERVICE as CUSTOMERS
    from gateway.service import SERVICE as GATEWAY
    from notifications.app import SERVICE as NOTIFICATIONS
    from targets.app import SERVICE as TARGETS

    token = tmp_path / "admin-token"
    settings = GatewaySettings(site=site, port=0, admin_token_file=token)
    async with AsyncExitStack() as stack:
        for service, database in (
            (CUSTOMERS, customers_database),
            (BILLING, billing_database),
            (TARGETS, targets_database),
            (NOTIFICATIONS, notifications_database),
        ):
            await stack.enter_async_context(running(service, database, background_seconds=0.2))
        program = await stack.enter_async_context(running(GATEWAY, gateway_database))
        address = await stack.enter_async_context(serving(program, settings))
        bearer = f"Bearer {token.read_text().strip()}"
        acme = Company(address, client(address, Authorization=bearer))
        stack.push_async_callback(acme.admin.aclose)
        await found(acme)
        yield acme
        for one in acme.at.values():
            await one.aclose()


async def found(acme: Company) -> None:
    """Set the company up, the way an administrator does."""
    top = {"name": "Acme", "level": "company", "currency": "MXN", "country": "MX"}
    await done(acme.admin.put("/units/acme", json=top | {"active_from": "2020-01-01"}))
    await acme.settled()
    for unit, name in (("mty", "Monterrey"), ("gdl", "Guadalajara")):
        branch = {"name": name, "level": "branch", "parent": "acme", "active_from": "2020-01-01"}
        await done(acme.admin.put(f"/units/{unit}", json=branch))
    await acme.settled()
    await acme.employ("ana", "rep", "mty")
    await acme.employ("eva", "manager", "mty")
    await acme.employ("ben", "manager", "gdl")
    await acme.settled()
