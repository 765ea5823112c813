"""The gateway's HTTP application, and how it is served beside its part on the bus."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING, Any

import uvicorn
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gateway import openapi
from gateway.access import administrator
from gateway.access import doors as access
from gateway.admin import doors as admin
from gateway.files import doors as files
from gateway.http import problems
from gateway.http.edge import App, Edge
from gateway.live import door as live
from gateway.pages import doors as pages
from gateway.resources.door import door
from gateway.resources.table import API, RESOURCES, batches
from gateway.service import SERVICE
from gateway.views import doors as views
from gateway.wiring import Gateway
from kernel.client import RemoteProblem
from kernel.health import QuietServer
from kernel.problems import Refusal

if TYPE_CHECKING:
    from gateway.settings import GatewaySettings
    from kernel.service import Program

__all__ = ["SERVICE", "application", "listen", "serving"]

VERSION = "0.1.0"
STOP_SECONDS = 5


def application(gateway: Gateway) -> App:
    """All addresses, inside the edge that every request passes."""
    app = FastAPI(
        title="Gerencia",
        version=VERSION,
        summary="Sales management for enterprises with many branches.",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    _say_no_in_problems(app)
    resources = (*RESOURCES, *batches())
    for resource in resources:
        app.router.routes.append(
            Route(API + resource.path, door(gateway, resource), methods=[resource.method])
        )
    app.router.routes.append(Route(f"{API}/live", live.door(gateway), methods=["GET"]))
    own = (access, files, views, admin)
    for router in (doors.router(gateway) for doors in own):
        app.include_router(router, prefix=API)

    @cache
    def document() -> dict[str, Any]:
        return openapi.document(app, resources)

    app.router.routes += _about_itself(document)
    app.include_router(pages.router(document))
    settings = gateway.settings
    return Edge(
        app,
        body_limit=settings.body_limit,
        batch_limit=settings.batch_limit,
        file_limit=settings.file_limit,
    )


def _say_no_in_problems(app: FastAPI) -> None:
    app.add_exception_handler(Refusal, problems.on_refusal)
    app.add_exception_handler(RemoteProblem, problems.on_remote_problem)
    app.add_exception_handler(RequestValidationError, problems.on_validation)
    app.add_exception_handler(HTTPException, problems.on_http)
    app.add_exception_handler(Exception, problems.on_defect)


def _about_itself(document: Callable[[], dict[str, Any]]) -> list[Route]:
    async def openapi_json(_: Request) -> Response:
        return JSONResponse(document())

    async def health(_: Request) -> Response:
        return JSONResponse({"service": "gateway", "ready": True})

    return [
        Route(f"{API}/openapi.json", openapi_json),
        Route("/health/live", health),
        Route("/health/ready", health),
    ]


@asynccontextmanager
async def serving(
    program: Program, settings: GatewaySettings, listening: socket.socket | None = None
) -> AsyncIterator[str]:
    """Serve the application beside a running program; tells its address.

    Args:
        program: the gateway's part on the bus, which runs already.
        settings: its own.
        listening: a socket that was opened before the program started, so that whoever comes
            early waits instead of being turned away.
    """
    gateway = Gateway.of(settings, program.database, program.client)
    program.database.on_announced.append(gateway.sessions.forget)  # it tells of users only
    if settings.admin_token_file is not None:
        await administrator.establish(gateway.sessions, settings.admin_token_file)
    bound = listening or listen(settings)
    audit = asyncio.create_task(gateway.audit.run(), name="audit")
    async with gateway.hub.listening():
        server = QuietServer(
            uvicorn.Config(
                application(gateway),
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                date_header=False,
                ws="none",
                http="httptools",
                timeout_graceful_shutdown=STOP_SECONDS,
            )
        )
        task = asyncio.create_task(server.serve(sockets=[bound]), name="http")
        task.add_done_callback(lambda _: program.failed.set())
        try:
            host, port = bound.getsockname()[:2]
            yield f"http://{host}:{port}"
        finally:
            gateway.hub.close()
            server.should_exit = True
            await asyncio.gather(task, return_exceptions=True)
            bound.close()
    audit.cancel()
    with suppress(asyncio.CancelledError):
        await audit


def listen(settings: GatewaySettings) -> socket.socket:
    """The socket on which browsers and scripts come in.

    Raises:
        OSError: the port is taken.
    """
    bound = socket.create_server((settings.host, settings.port), backlog=2048)
    # Inherited by the connections; without it a kept connection waits 40 ms for each answer.
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return bound
