"""The address of the live stream."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from gateway.live.stream import Stream

if TYPE_CHECKING:
    from starlette.requests import Request

    from gateway.wiring import Gateway
    from kernel.scope import Principal


def door(gateway: Gateway) -> Callable[[Request], Awaitable[Stream]]:
    """Opens a page's stream."""

    async def live(request: Request) -> Stream:
        caller = await gateway.reception.receive(request)

        async def known_still() -> Principal:
            return (await gateway.reception.receive(request)).principal

        resume = request.headers.get("last-event-id")
        return Stream(gateway.hub, caller.principal, resume, known_still)

    return live
