"""The door of questions and commands: from a request on the bus to its answer.

FastStream holds the connection and gives each request to a worker; the body stays bytes, for the
contract reads JSON itself, and a refusal is an answer like any other: problem+json with a status.

A request whose asker no longer waits is not begun, and one that runs over its deadline is undone:
work that nobody wants is what turns a busy service into a dead one. For the same reason more
requests than can be done in a while are refused at once instead of standing in a line.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast
from uuid import UUID

from pydantic import BaseModel, ValidationError

from kernel import headers as h
from kernel import idempotency, metrics
from kernel.context import Context, within
from kernel.idempotency import Kept, Key
from kernel.ids import uuid7
from kernel.logs import about, logger
from kernel.operations import Command, Operation
from kernel.outage import is_transient
from kernel.problems import (
    Failed,
    KeyUsedDifferently,
    Malformed,
    NotSignedIn,
    NotYourRole,
    Problem,
    Refusal,
    StillRunning,
    TooLate,
    Unavailable,
    UnknownOperation,
)
from kernel.telemetry import TRACEPARENT, span

if TYPE_CHECKING:
    from kernel.database import Database, Transaction
    from kernel.rpc import Door
    from kernel.scope import Principal

AT_A_TIME = 10
"""As many as the pool has connections: more would only wait there."""
IN_LINE = 256
JSON = "application/json"
PROBLEM = "application/problem+json"

log = logger("kernel.answering")


class Barrier(Protocol):
    """Waits until this service knows of something that happened at another."""

    async def reached(self, after: str) -> None:
        """Return when it does; raise a refusal when it takes too long."""
        ...


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer on its way: status, body and the mark of what was done."""

    status: int
    body: bytes
    mark: str | None = None

    def headers(self) -> dict[str, str]:
        """What travels beside the body."""
        kind = JSON if self.status < 400 else PROBLEM
        beside = {h.STATUS: str(self.status), h.CONTENT_TYPE: kind}
        return {**beside, h.MARK: self.mark} if self.mark else beside


@dataclass(frozen=True, slots=True)
class Request:
    """A question or command as it came, and who asks."""

    contract: type[Operation[Any]]
    door: Door
    who: Principal
    asked: Operation[Any]
    body: bytes
    key: str | None


class Answering:
    """Answers the operations of a service.

    Args:
        doors: by the last token of the subject, such as `set-limit`.
    """

    def __init__(
        self, service: str, doors: Mapping[str, Door], database: Database, barrier: Barrier
    ) -> None:
        self.service = service
        self._doors = doors
        self._database = database
        self._barrier = barrier
        self._places = asyncio.Semaphore(AT_A_TIME)
        self._in_line = 0

    async def answer(self, operation: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """The answer to a request; whatever happens, there is one."""
        correlation = _correlation(headers)
        left = h.seconds_left(headers)
        deadline = None if left is None else time.monotonic() + left
        context = Context(correlation, None, headers.get(TRACEPARENT), deadline)
        labels = {"operation": f"{self.service}.{operation}", "outcome": "done"}
        with (
            within(context),
            about(correlation=correlation),
            span(f"{self.service}.{operation}", headers),
            metrics.timed(metrics.OPERATIONS, **labels) as measured,
        ):
            reply = await self._in_time(operation, headers, body, left)
            if reply.status >= 400:
                measured["outcome"] = "refused" if reply.status < 500 else "failed"
        return reply

    async def _in_time(
        self, operation: str, headers: Mapping[str, str], body: bytes, left: float | None
    ) -> Reply:
        locale = headers.get(h.LOCALE, "es")
        status: int | None = None
        if self._in_line >= IN_LINE:
            return refused(Unavailable(self.service), locale)
        self._in_line += 1
        try:
            async with asyncio.timeout(left):
                request = self._understood(operation, headers, body)
                if after := headers.get(h.AFTER):
                    await self._barrier.reached(after)
                if request.door.tool:
                    return await self._used(request)
                async with self._places:
                    return await self._done(request)
        except TimeoutError:
            refusal: Refusal = TooLate(f"{self.service}.{operation}")
        except Refusal as no:
            door = self._doors.get(operation)
            refusal, status = no, door.status_of(no) if door else None
        except Exception as defect:  # noqa: BLE001 - the asker always gets an answer
            refusal = self._unexpected(operation, defect)
        finally:
            self._in_line -= 1
        return refused(refusal, locale, status)

    def _unexpected(self, operation: str, defect: Exception) -> Refusal:
        if is_transient(defect):
            log.warning("outage", operation=operation, error=repr(defect))
            return Unavailable(self.service)
        reference = uuid7()
        log.error("defect", operation=operation, reference=str(reference), exc_info=defect)
        return Failed(str(reference))

    def _understood(self, operation: str, headers: Mapping[str, str], body: bytes) -> Request:
        """The request as its contract says it, if this person may make it."""
        door = self._doors.get(operation)
        if door is None:
            raise UnknownOperation(f"{self.service}.{operation}")
        who = _principal(headers)
        if not who.roles & door.contract.roles:
            raise NotYourRole(f"{self.service}.{operation}", sorted(door.contract.roles))
        asked = _parsed(door.contract, body)
        return Request(door.contract, door, who, asked, body, headers.get(h.KEY))

    async def _used(self, request: Request) -> Reply:
        """An operator's tool: it opens what transactions it needs."""
        answer = await request.door.handle(cast("Transaction", None), request.asked, request.who)
        return Reply(200, _json(answer))

    async def _done(self, request: Request) -> Reply:
        if issubclass(request.contract, Command) and request.key:
            return await self._once(request, request.key)
        async with self._database.acting_as(request.who) as tx:
            answer = await request.door.handle(tx, request.asked, request.who)
        return Reply(200, _json(answer), self._mark(tx))

    async def _once(self, request: Request, key: str) -> Reply:
        """Do a command once for its key, and answer as then when it comes again."""
        name = Key.of(request.who.user, request.contract.operation, key, request.body)
        async with self._database.acting_as(request.who, also=idempotency.beginning(name)) as tx:
            found = await idempotency.find(tx, name)
            if found.kept and not found.same_request:
                raise KeyUsedDifferently(key)
            if found.kept:
                return Reply(found.kept.status, found.kept.answer, found.kept.mark)
            if not found.free:
                raise StillRunning(key)
            reply = await self._effect(tx, request)
            idempotency.keep(tx, name, Kept(reply.status, reply.body, reply.mark))
        return reply

    async def _effect(self, tx: Transaction, request: Request) -> Reply:
        try:
            answer = await request.door.handle(tx, request.asked, request.who)
            return Reply(200, _json(answer), self._mark(tx))
        except Refusal as no:
            reply = refused(no, request.who.locale, request.door.status_of(no))
            if reply.status >= 500:
                raise  # not a decision: the same request may well be taken later
            await idempotency.undo(tx)
            return reply

    def _mark(self, tx: Transaction) -> str | None:
        return f"{self.service}:{tx.announced[-1]}" if tx.announced else None


def refused(refusal: Refusal, locale: str, status: int | None = None) -> Reply:
    """A refusal as a problem document in the reader's language."""
    problem = Problem.of(refusal, status=status, locale=locale)
    return Reply(problem.status, problem.body())


def _json(answer: BaseModel) -> bytes:
    return answer.model_dump_json().encode()


def _parsed(contract: type[Operation[Any]], body: bytes) -> Operation[Any]:
    try:
        return contract.model_validate_json(body or b"{}")
    except ValidationError as wrong:
        errors = [
            {"field": ".".join(map(str, error["loc"])), "problem": error["msg"]}
            for error in wrong.errors(include_url=False, include_context=False, include_input=False)
        ]
        raise Malformed(errors) from wrong


def _principal(headers: Mapping[str, str]) -> Principal:
    try:
        return h.principal(headers)
    except (KeyError, ValueError) as nobody:
        raise NotSignedIn from nobody


def _correlation(headers: Mapping[str, str]) -> UUID:
    try:
        return UUID(headers.get(h.CORRELATION, ""))
    except ValueError:
        return uuid7()
