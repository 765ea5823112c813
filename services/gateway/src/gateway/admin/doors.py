"""What operators ask: of all services at once, or one operation of one of them."""

from __future__ import annotations

import asyncio
import time
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


def router(gateway: Gateway) -> APIRouter:
    """The addresses for administrators of every company."""
    routes = APIRouter(prefix="/admin", tags=["admin"])

    async def administrator(request: Request, operation: str) -> Principal:
        caller = await gateway.reception.receive(request)
        assert_administrator(caller.principal, operation)
        return caller.principal

    async def of_all(request: Request, operation: str, body: bytes, seconds: float) -> Response:
        who = await administrator(request, operation)
        wait = patience(request, seconds)
        replies = await asyncio.gather(
            *(gateway.client.forward(one, operation, body, who, timeout=wait) for one in SERVICES)
        )
        answer = {name: _told(reply) for name, reply in zip(SERVICES, replies, strict=True)}
        return Response(orjson.dumps({"services": answer}), media_type=JSON)

    @routes.get("/settled")
    async def settled(
        request: Request, seconds: Annotated[float, Query(alias="timeout", gt=0, le=600)] = 60.0
    ) -> Settled:
        """Wait until everything that happened has had its effects in every service."""
        await administrator(request, "settled")
        began = time.monotonic()
        positions = await Settling(gateway.client, seconds).settled()
        gateway.forget()
        waited = round((time.monotonic() - began) * 1000)
        services = {name: Position(position=at) for name, at in positions.items()}
        return Settled(waited_ms=waited, services=services)

    @routes.get("/status", responses=PER_SERVICE)
    async def status(request: Request) -> Response:
        """What waits in each service."""
        return await of_all(request, "status", b"{}", 3)

    @routes.get("/parked", responses=PER_SERVICE)
    async def parked(request: Request) -> Response:
        """The events that each service could not handle."""
        return await of_all(request, "parked-list", b"{}", 5)

    @routes.post("/verify", responses=PER_SERVICE)
    async def verify(request: Request) -> Response:
        """Let each service look for what must never be."""
        return await of_all(request, "verify", await request.body(), 120)

    @routes.post("/reconcile", responses=PER_SERVICE)
    async def reconcile(request: Request) -> Response:
        """Let each service compare its log with the broker, and send again what is missing."""
        return await of_all(request, "reconcile", await request.body(), 120)

    @routes.get("/{service}/{operation}", responses=AS_IS)
    async def ask(service: Name, operation: Operation, request: Request) -> Response:
        """Ask one service one of the questions that every service answers."""
        who = await administrator(request, operation)
        body = orjson.dumps(dict(request.query_params))
        wait = patience(request, 30)
        return _as_is(await gateway.client.forward(service, operation, body, who, timeout=wait))

    @routes.post("/{service}/{operation}", responses=AS_IS)
    async def tell(service: Name, operation: Operation, request: Request) -> Response:
        """Give one service one of the commands that every service knows."""
        who = await administrator(request, operation)
        body = with_path(await request.body(), {})
        wait = patience(request, 120)
        return _as_is(
            await gateway.client.forward(
                service, operation, body, who, key=key_of(request), timeout=wait
            )
        )

    return routes


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
