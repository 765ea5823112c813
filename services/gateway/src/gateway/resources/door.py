"""The one handler of all resources: find out who asks, pass it on, hand the answer back."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING

from opentelemetry.trace import SpanKind
from starlette.requests import Request
from starlette.responses import Response

from gateway.papers.asked import form_of
from gateway.papers.printing import printed
from gateway.resources.request import asked, body_of
from kernel.context import Context, within
from kernel.ids import uuid7
from kernel.problems import Malformed
from kernel.telemetry import span, traceparent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.resources.table import Resource
    from gateway.wiring import Gateway
    from kernel.client import Forwarded

Handler = Callable[[Request], Awaitable[Response]]
IDEMPOTENCY_KEY = "idempotency-key"
AFTER = "gerencia-after"
MARK = "Gerencia-Mark"
LONGEST_KEY = 200
LONGEST_WAIT = 300.0
GOOD = 400
_MARK = re.compile(r"[a-z]+:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(:\d+)?")


def door(gateway: Gateway, resource: Resource) -> Handler:
    """The handler of one resource."""

    async def handle(request: Request) -> Response:
        caller = await gateway.reception.receive(request)
        tree = await gateway.organisation.current(gateway.database)
        form = form_of(request) if resource.paper else None
        body = await body_of(resource, request, tree, caller.principal)
        with traced(resource, request):
            reply = await gateway.client.forward(
                resource.service,
                resource.name,
                body,
                caller.principal,
                key=key_of(request) if resource.changes else None,
                after=mark_of(request),
                timeout=patience(request, resource.deadline),
            )
        if resource.changes:
            gateway.audit.note(caller, resource.operation.operation, request, reply)
        if form is not None and reply.status < GOOD:
            fields = asked(
                resource, request.query_params, request.path_params, tree, caller.principal
            )
            return await printed(resource, reply.body, form, caller, tree, fields)
        return answered(resource, reply)

    return handle


@contextmanager
def traced(resource: Resource, request: Request) -> Iterator[None]:
    """Within one trace from the request to its last effect."""
    with (
        span(f"{resource.method} {resource.path}", request.headers, kind=SpanKind.SERVER),
        within(Context(correlation=uuid7(), traceparent=traceparent())),
    ):
        yield


def key_of(request: Request) -> str:
    """The idempotency key that came with a command; one of ours when none did.

    Raises:
        Malformed: it is too long to be kept.
    """
    key = request.headers.get(IDEMPOTENCY_KEY) or str(uuid7())
    if len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        problem = f"at most {LONGEST_KEY} printable ASCII characters"
        raise Malformed([{"field": "Idempotency-Key", "problem": problem}])
    return key


def mark_of(request: Request) -> str | None:
    """What the answer must know of: the mark of an earlier command.

    Raises:
        Malformed: it is not a mark of ours.
    """
    mark = request.headers.get(AFTER)
    if mark is not None and not _MARK.fullmatch(mark):
        raise Malformed([{"field": "Gerencia-After", "problem": "not a Gerencia-Mark"}])
    return mark


def patience(request: Request, usual: float) -> float:
    """How long to wait for the answer: as asked for by `Request-Timeout`, in seconds.

    Raises:
        Malformed: it is no number of seconds.
    """
    given = request.headers.get("request-timeout")
    if given is None:
        return usual
    if not given.replace(".", "", 1).isdecimal() or not 0 < float(given) <= LONGEST_WAIT:
        problem = f"seconds, more than 0 and at most {LONGEST_WAIT:.0f}"
        raise Malformed([{"field": "Request-Timeout", "problem": problem}])
    return float(given)


def answered(resource: Resource, reply: Forwarded) -> Response:
    """The service's answer or problem, byte for byte."""
    if reply.status >= GOOD:
        return Response(reply.body, reply.status, media_type="application/problem+json")
    headers = {MARK: reply.mark} if reply.mark else None
    return Response(reply.body, resource.status, headers, "application/json")
