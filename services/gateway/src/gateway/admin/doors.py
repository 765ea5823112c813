"""What operators ask: of all services at once, or one operation of one of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel

from gateway.admin.settling import SERVICES, Settling
from gateway.http.reception import assert_administrator
from gateway.resources.door import key_of, patience
from gateway.resources.request import with_path

if TYPE_CHECKING:
    from gateway.wiring import Gateway
    from kernel.client import Forwarded
    from kernel.scope import Principal

JSON = "application/json"
PROBLEM = "application/problem+json"
REFUSED = 400
Name = Literal["customers", "billing", "targets", "gateway", "notifications"]
Operation = Annotated[str, Path(pattern=r"^[a-z]+(-[a-z]+)*$")]
PER_SERVICE: dict[int | str, dict[str, Any]] = {
    200: {"description": "What each service answered, or the problem why it did not"}
}
AS_IS: dict[int | str, dict[str, Any]] = {200: {"description": "What the service answered"}}


class Position(BaseModel):
    """How far a log is."""

    position: int


class Settled(BaseModel):
    """Everything has arrived everywhere."""

    settled: Literal[True] = True
    waited_ms: int
    services: dict[str, Position]


@dataclass(frozen=True)
class OfAll:
    """An operation that every service is asked at once, under an address of its own."""

    method: str
    path: str
    operation: str
    seconds: float
    summary: str


OF_ALL = (
    OfAll("GET", "/status", "status", 3, "What waits in each service"),
    OfAll("GET", "/parked", "parked-list", 5, "The events that each service could not handle"),
    OfAll("POST", "/verify", "verify", 120, "Let each service look for what must never be"),
    OfAll("POST", "/reconcile", "reconcile", 120, "Let each send again what its stream misses"),
    OfAll("POST", "/replay", "replay", 120, "Let each take in again what it never got of an owner"),
)


def router(gateway: Gateway) -> APIRouter:
    """The addresses for administrators of every company."""
    routes = APIRouter(prefix="/admin", tags=["admin"])

    @routes.get("/settled")
    async def settled(
        request: Request, seconds: Annotated[float, Query(alias="timeout", gt=0, le=600)] = 60.0
    ) -> Settled:
        """Wait until everything that happened has had its effects in every service."""
        await _administrator(gateway, request, "settled")
        began = time.monotonic()
        positions = await Settling(gateway.client, seconds).settled()
        gateway.forget()
        waited = round((time.monotonic() - began) * 1000)
        services = {name: Position(position=at) for name, at in positions.items()}
        return Settled(waited_ms=waited, services=services)

    for one in OF_ALL:
        routes.add_api_route(
            one.path,
            _asking_all(gateway, one),
            methods=[one.method],
            summary=one.summary,
            name=one.operation,
            responses=PER_SERVICE,
        )

    @routes.get("/{service}/{operation}", responses=AS_IS)
    async def ask(service: Name, operation: Operation, request: Request) -> Response:
        """Ask one service one of the questions that every service answers."""
        who = await _administrator(gateway, request, operation)
        body = orjson.dumps(dict(request.query_params))
        wait = patience(request, 30)
        return _as_is(await gateway.client.forward(service, operation, body, who, timeout=wait))

    @routes.post("/{service}/{operation}", responses=AS_IS)
    async def tell(service: Name, operation: Operation, request: Request) -> Response:
        """Give one service one of the commands that every service knows."""
        who = await _administrator(gateway, request, operation)
        body = with_path(await request.body(), {})
        wait = patience(request, 120)
        return _as_is(
            await gateway.client.forward(
                service, operation, body, who, key=key_of(request), timeout=wait
            )
        )

    return routes


async def _administrator(gateway: Gateway, request: Request, operation: str) -> Principal:
    caller = await gateway.reception.receive(request)
    assert_administrator(caller.principal, operation)
    return caller.principal


def _asking_all(gateway: Gateway, one: OfAll) -> Callable[[Request], Awaitable[Response]]:
    async def of_all(request: Request) -> Response:
        who = await _administrator(gateway, request, one.operation)
        asked = orjson.dumps(dict(request.query_params))
        body = await request.body() if one.method == "POST" else asked
        wait = patience(request, one.seconds)
        replies = await asyncio.gather(
            *(
                gateway.client.forward(service, one.operation, body, who, timeout=wait)
                for service in SERVICES
            )
        )
        answer = {name: _told(reply) for name, reply in zip(SERVICES, replies, strict=True)}
        return Response(orjson.dumps({"services": answer}), media_type=JSON)

    return of_all


def _told(reply: Forwarded) -> object:
    if reply.status < REFUSED:
        return orjson.Fragment(reply.body)
    return {
        "unavailable": orjson.loads(reply.body).get("code"),
        "problem": orjson.Fragment(reply.body),
    }


def _as_is(reply: Forwarded) -> Response:
    kind = JSON if reply.status < REFUSED else PROBLEM
    return Response(reply.body, reply.status, media_type=kind)
