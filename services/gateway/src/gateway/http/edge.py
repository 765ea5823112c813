"""The outermost layer of every request: what holds whatever is asked for.

Plain ASGI, for a middleware class of the framework would wrap each request in a task of its own.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.requests import Request

from gateway.http.problems import refused
from kernel import metrics
from kernel.logs import logger
from kernel.problems import TooLarge

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

BATCHES = "/api/v1/batches/"
FILES = "/api/v1/files"
HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (
        b"content-security-policy",
        b"default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
]
NO_STORE = (b"cache-control", b"no-store")

_log = logger("gateway.edge")


class Edge:
    """Adds the security headers, keeps bodies within their limit, measures."""

    def __init__(self, app: App, *, body_limit: int, batch_limit: int, file_limit: int) -> None:
        self.app = app
        self.body_limit = body_limit
        self.batch_limit = batch_limit
        self.file_limit = file_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send, self._limit(scope["path"]))
        began = time.perf_counter()
        try:
            await self._answer(exchange)
        finally:
            exchange.measure(time.perf_counter() - began)

    async def _answer(self, exchange: _Exchange) -> None:
        try:
            exchange.assert_declared_size()
            await self.app(exchange.scope, exchange.receive, exchange.send)
        except TooLarge as too_large:
            await exchange.refuse(too_large)
        except Exception as defect:
            # The application has said so and logged it, and then raises it once more.
            if not exchange.status:
                raise
            _log.debug("defect", error=repr(defect))

    def _limit(self, path: str) -> int:
        if path == FILES:
            return self.file_limit
        return self.batch_limit if path.startswith(BATCHES) else self.body_limit


class _Exchange:
    """One request and its response, watched on their way through."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        self.scope = scope
        self.limit = limit
        self.status = 0
        self._receive = receive
        self._send = send
        self._received = 0

    def assert_declared_size(self) -> None:
        """A body that says it is too large is not read at all."""
        for name, value in self.scope["headers"]:
            if name == b"content-length" and int(value) > self.limit:
                raise TooLarge(self.limit)

    async def receive(self) -> MutableMapping[str, Any]:
        """The next piece of the body; one that did not say its size is counted."""
        message = await self._receive()
        self._received += len(message.get("body", b""))
        if self._received > self.limit:
            raise TooLarge(self.limit)
        return message

    async def send(self, message: MutableMapping[str, Any]) -> None:
        """The next piece of the response."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = message.setdefault("headers", [])
            headers.extend(HEADERS)
            if not any(name == b"cache-control" for name, _ in headers):
                headers.append(NO_STORE)
        await self._send(message)

    async def refuse(self, refusal: TooLarge) -> None:
        """Say no, unless something was said already."""
        if self.status:
            return
        request = Request(self.scope)
        response = refused(refusal, request)
        response.headers["Connection"] = "close"  # the rest of the body is not read
        await response(self.scope, self._receive, self.send)

    def measure(self, seconds: float) -> None:
        """Count the request under its route, never under its address."""
        route = self.scope.get("route")
        path = getattr(route, "path", "none")
        metrics.REQUESTS.labels(path, self.scope["method"], str(self.status)).observe(seconds)
