"""The one HTTP port of a service: health, metrics and its AsyncAPI document, nothing else."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, MutableMapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn

from kernel import metrics

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]
Ready = Callable[[], Awaitable[Mapping[str, str]]]
"""What the service still waits for, by part; nothing when it is ready."""

JSON = "application/json"


def health_app(service: str, ready: Ready, asyncapi: Mapping[str, Any] | None = None) -> Asgi:
    """Answer /health/live, /health/ready (200, or 503 with reasons), /metrics, /asyncapi.json."""

    async def answer(path: str) -> tuple[int, str, bytes]:
        match path:
            case "/health/live":
                return 200, JSON, _json({"service": service, "live": True})
            case "/health/ready":
                waiting = dict(await ready())
                body = {"service": service, "ready": not waiting, "waiting_for": waiting}
                return (503 if waiting else 200), JSON, _json(body)
            case "/metrics":
                return 200, metrics.CONTENT_TYPE, metrics.exposition()
            case "/asyncapi.json" if asyncapi is not None:
                return 200, JSON, _json(asyncapi)
            case _:
                return 404, JSON, _json({"service": service, "there_is_no": path})

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        status, kind, body = await answer(scope["path"])
        headers = [(b"content-type", kind.encode()), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


class QuietServer(uvicorn.Server):
    """A uvicorn server inside another program, which keeps the signals to itself."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave SIGINT and SIGTERM to the program around it."""
        yield


@asynccontextmanager
async def serving(app: Asgi, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[int]:
    """Serve an ASGI app while the block runs and tell its port; port 0 takes a free one.

    Raises:
        OSError: the port is taken.
    """
    # Bound here, for uvicorn answers a taken port by leaving the process.
    listening = socket.create_server((host, port))
    # Inherited by the connections; without it a kept connection waits 40 ms for each answer.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    config = uvicorn.Config(app, lifespan="off", log_config=None, access_log=False, ws="none")
    server = QuietServer(config)
    task = asyncio.create_task(server.serve(sockets=[listening]), name="health")
    try:
        bound: int = listening.getsockname()[1]
        yield bound
    finally:
        server.should_exit = True
        await asyncio.gather(task, return_exceptions=True)
        listening.close()


def _json(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
