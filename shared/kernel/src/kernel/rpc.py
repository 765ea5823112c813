"""Which questions and commands a service answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from pydantic import BaseModel

from kernel.operations import Command, Operation, Question
from kernel.problems import CONFLICT, STATUS, Refusal

if TYPE_CHECKING:
    from kernel.database import Transaction
    from kernel.scope import Principal

C = TypeVar("C", bound=Command[Any])
Q = TypeVar("Q", bound=Question[Any])
O = TypeVar("O", bound=Operation[Any])  # noqa: E741 - one letter, as the other two
Handler = Callable[["Transaction", O, "Principal"], Awaitable[BaseModel]]


@dataclass(frozen=True, slots=True)
class Door:
    """One operation, its handler, and the status of each refusal that is not a plain 409."""

    contract: type[Operation[Any]]
    handle: Handler[Any]
    status: Mapping[type[Refusal], int]
    tool: bool = False
    """An operator's tool: it takes no place among the requests and opens its own transactions."""

    def status_of(self, refusal: Refusal) -> int:
        """The HTTP status of a refusal: as told here, the kernel's own, or 409."""
        known = (self.status[kind] for kind in type(refusal).__mro__ if kind in self.status)
        return next(known, STATUS.get(refusal.code, CONFLICT))


class Operations:
    """The operations of one capability.

    Args:
        status: the status of its refusals; the others are 409, "the state says no".
    """

    tools: ClassVar = False

    def __init__(self, status: Mapping[type[Refusal], int] | None = None) -> None:
        self.status = dict(status or {})
        self.doors: dict[str, Door] = {}

    def command(self, contract: type[C]) -> Callable[[Handler[C]], Handler[C]]:
        """Register the handler of a command."""
        return self._register(contract)

    def question(self, contract: type[Q]) -> Callable[[Handler[Q]], Handler[Q]]:
        """Register the handler of a question."""
        return self._register(contract)

    def _register(self, contract: type[O]) -> Callable[[Handler[O]], Handler[O]]:
        assert contract.operation not in self.doors, f"{contract.operation} has a handler already"

        def register(handle: Handler[O]) -> Handler[O]:
            self.doors[contract.operation] = Door(contract, handle, self.status, self.tools)
            return handle

        return register


Use = Callable[[O], Awaitable[BaseModel]]


class Tools(Operations):
    """An operator's tools: they may wait for long, so none holds a transaction meanwhile."""

    tools: ClassVar = True

    def tool(self, contract: type[O]) -> Callable[[Use[O]], Use[O]]:
        """Register what is done when an administrator asks for it."""

        def register(use: Use[O]) -> Use[O]:
            async def handle(tx: Transaction, asked: O, who: Principal) -> BaseModel:
                return await use(asked)

            self._register(contract)(handle)
            return use

        return register
