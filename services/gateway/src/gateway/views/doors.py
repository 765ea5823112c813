"""The addresses of the views."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from gateway.resources.door import mark_of
from gateway.views import cockpit, customer, day, desk
from kernel.clock import today

if TYPE_CHECKING:
    from gateway.http.reception import Caller
    from gateway.views.parts import Part
    from gateway.wiring import Gateway


def router(gateway: Gateway) -> APIRouter:
    """One address is one screen."""
    routes = APIRouter(prefix="/views", tags=["views"])

    async def composed(request: Request, caller: Caller, parts: dict[str, Part]) -> Response:
        return await gateway.composer.compose(caller.principal, parts, mark_of(request))

    @routes.get("/customer/{customer_id}", responses=ANSWER)
    async def customer_360(customer_id: UUID, request: Request) -> Response:
        """Customer 360: profile, credit, documents, promises, contacts, orders."""
        caller = await gateway.reception.receive(request)
        return await composed(request, caller, customer.parts(customer_id))

    @routes.get("/cockpit", responses=ANSWER)
    async def managers_cockpit(
        request: Request, unit: str | None = None, on: date | None = None
    ) -> Response:
        """The manager's cockpit of a unit: one's own when none is named."""
        caller = await gateway.reception.receive(request)
        tree = await gateway.organisation.current(gateway.database)
        seen = cockpit.unit_of(unit, caller.principal, tree)
        return await composed(request, caller, cockpit.parts(seen, on or today()))

    @routes.get("/desk", responses=ANSWER)
    async def collectors_desk(
        request: Request, unit: str | None = None, on: date | None = None
    ) -> Response:
        """The collector's desk: whom to ask, what waits for a word, what came from the bank."""
        caller = await gateway.reception.receive(request)
        tree = await gateway.organisation.current(gateway.database)
        seen = cockpit.unit_of(unit, caller.principal, tree)
        return await composed(request, caller, desk.parts(seen, on or today()))

    @routes.get("/day", responses=ANSWER)
    async def reps_day(request: Request, on: date | None = None) -> Response:
        """The rep's day: one's own."""
        caller = await gateway.reception.receive(request)
        return await composed(request, caller, day.parts(caller.principal, on or today()))

    return routes


_PART = {
    "type": "object",
    "required": ["state"],
    "properties": {
        "state": {"type": "string", "enum": ["present", "old", "missing"]},
        "at": {"type": "string", "format": "date-time", "description": "When it was so."},
        "age_seconds": {"type": "number"},
        "value": {"description": "As the service answered."},
        "reason": {"$ref": "#/components/schemas/Problem"},
    },
}
ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The parts by name",
        "content": {
            "application/json": {"schema": {"type": "object", "additionalProperties": _PART}}
        },
    }
}
