"""Asking and telling a service over the bus: for the gateway, the tools and the tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast
from uuid import UUID

from nats.errors import Error as NatsError
from nats.errors import NoRespondersError
from nats.errors import TimeoutError as NatsTimeout
from pydantic import BaseModel

from kernel import headers as h
from kernel.context import current
from kernel.operations import ADMINISTRATOR, Command, Operation, Question
from kernel.problems import Problem, Refusal, TooLate, Unavailable
from kernel.scope import Principal
from kernel.telemetry import inject

if TYPE_CHECKING:
    from nats.aio.client import Client as Nats

A = TypeVar("A", bound=BaseModel)

GRACE_SECONDS = 0.25
"""How much longer than the deadline a reply is waited for: it may say that it is too late."""
OPERATOR = Principal(UUID(int=0), UUID(int=0), frozenset({ADMINISTRATOR}), (), own_only=False)
"""Who asks when the installation itself does."""


@dataclass(eq=False)
class RemoteProblem(Exception):
    """A service said no, or could not answer: its problem document (RFC 9457) and status."""

    status: int
    problem: dict[str, Any]

    @property
    def code(self) -> str:
        """The stable name of the problem, such as `limits.above-authority`."""
        return str(self.problem.get("code", ""))

    def __str__(self) -> str:
        return f"{self.status} {self.code}: {self.problem.get('detail', '')}"


@dataclass(frozen=True, slots=True)
class Answer(Generic[A]):
    """What a command answered; `mark` names its last event, None when it told nothing."""

    value: A
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A reply as it came: the status, the body unread, and the headers."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def mark(self) -> str | None:
        """The last event of what was done."""
        return self.headers.get(h.MARK)


class Client:
    """Asks services on behalf of a principal.

    Args:
        nats: a connected nats-py client.
    """

    def __init__(self, nats: Nats, *, site: str = "hub") -> None:
        self.nats = nats
        self.site = site

    async def ask(
        self,
        question: Question[A],
        who: Principal,
        *,
        service: str | None = None,
        after: str | None = None,
        timeout: float = 5,
    ) -> A:
        """Ask a question.

        Args:
            service: whom to ask, for the questions that every service answers.
            after: the mark of a command whose effect the answer must know of.

        Raises:
            RemoteProblem: the service refused, failed, or did not answer in time.
        """
        reply = await self._sent(question, who, service, None, after, timeout)
        return cast("A", question.answer.model_validate_json(reply.body))

    async def send(
        self,
        command: Command[A],
        who: Principal,
        *,
        service: str | None = None,
        key: str | None = None,
        after: str | None = None,
        timeout: float = 10,
    ) -> Answer[A]:
        """Send a command; the same key gets the same answer, whatever happened in between.

        Raises:
            RemoteProblem: the service refused, failed, or did not answer in time.
        """
        reply = await self._sent(command, who, service, key, after, timeout)
        return Answer(cast("A", command.answer.model_validate_json(reply.body)), reply.mark)

    async def _sent(
        self,
        asked: Operation[Any],
        who: Principal,
        service: str | None,
        key: str | None,
        after: str | None,
        timeout: float,
    ) -> Forwarded:
        owner, _, name = asked.operation.partition(".")
        body = asked.model_dump_json().encode()
        reply = await self.forward(
            service or owner, name, body, who, key=key, after=after, timeout=timeout
        )
        if reply.status >= 400:
            raise RemoteProblem(reply.status, json.loads(reply.body))
        return reply

    async def forward(
        self,
        service: str,
        operation: str,
        body: bytes,
        who: Principal,
        *,
        key: str | None = None,
        after: str | None = None,
        timeout: float = 5,
        headers: Mapping[str, str] | None = None,
    ) -> Forwarded:
        """Pass a request on as it is; a problem is a reply too, and never raised.

        A service that nobody runs answers 503 `request.unavailable`, one that is late 504
        `request.too-late`: then a command may have been done, and its key tells.
        """
        beside = h.of_principal(who)
        beside[h.DEADLINE] = h.deadline_in(timeout)
        beside[h.CORRELATION] = str(current().correlation)
        if key is not None:
            beside[h.KEY] = key
        inject(beside)
        beside.update(headers or {})
        try:
            if after is not None and not after.startswith(f"{service}:"):
                beside[h.AFTER] = await self._placed(after, timeout)
            return await self._requested(service, operation, body, beside, timeout)
        except RemoteProblem as problem:
            return Forwarded(problem.status, json.dumps(problem.problem).encode(), {})
        except NoRespondersError:
            return _no(Unavailable(service), who)
        except NatsTimeout:
            return _no(TooLate(f"{service}.{operation}"), who)
        except NatsError:
            return _no(Unavailable(service), who)

    async def _requested(
        self, service: str, operation: str, body: bytes, headers: dict[str, str], timeout: float
    ) -> Forwarded:
        subject = f"rpc.{self.site}.{service}.{operation}"
        patience = timeout + GRACE_SECONDS
        message = await self.nats.request(subject, body, timeout=patience, headers=headers)
        told = message.headers or {}
        return Forwarded(int(told.get(h.STATUS, "500")), message.data, told)

    async def _placed(self, mark: str, timeout: float) -> str:
        """The mark with its position, which others need to know whether they are so far."""
        from kernel.ops import MarkPosition

        service, _, event = mark.partition(":")
        if ":" in event:
            return mark
        asked = MarkPosition(event=UUID(event))
        place = await self.ask(asked, OPERATOR, service=service, timeout=timeout)
        return f"{mark}:{place.position}"


def _no(refusal: Refusal, who: Principal) -> Forwarded:
    problem = Problem.of(refusal, locale=who.locale)
    return Forwarded(problem.status, problem.body(), {})
