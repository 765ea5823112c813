"""Asking and telling a service over the bus: for the gateway, the tools and the tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel

from kernel.operations import Command, Question

if TYPE_CHECKING:
    from kernel.scope import Principal

A = TypeVar("A", bound=BaseModel)


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


class Client:
    """Asks services on behalf of a principal.

    Args:
        nats: a connected nats-py client.
    """

    def __init__(self, nats: Any, *, site: str = "hub") -> None:
        self.nats = nats
        self.site = site

    async def ask(
        self,
        question: Question[A],
        who: Principal,
        *,
        after: str | None = None,
        timeout: float = 5,
    ) -> A:
        """Ask a question; `after` is the mark of a command whose effect must be seen."""
        raise NotImplementedError

    async def send(
        self, command: Command[A], who: Principal, *, key: str | None = None, timeout: float = 10
    ) -> Answer[A]:
        """Send a command; the same key gets the same answer, whatever happened in between."""
        raise NotImplementedError
