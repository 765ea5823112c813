"""What each act does once it is decided: the capability that owns the act says it here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from billing.approvals.model import Approval
from kernel.database import Transaction

Decided = Callable[[Transaction, Approval], Awaitable[None]]
D = TypeVar("D", bound=Decided)


@dataclass(frozen=True, slots=True)
class Act:
    """Something that needs an authority."""

    decided: Decided
    own_authority: bool


_ACTS: dict[str, Act] = {}


def on_decided(act: str, *, own_authority: bool = False) -> Callable[[D], D]:
    """Register what happens when an act is approved or rejected, in the same transaction.

    Args:
        own_authority: who asks may have the first word, as far as their authority reaches.
            Otherwise nobody has a say in what they asked for.
    """

    def register(decided: D) -> D:
        assert act not in _ACTS, f"{act} has an owner already"
        _ACTS[act] = Act(decided, own_authority)
        return decided

    return register


def act_of(name: str) -> Act:
    """An act by its name; an unknown one is a defect of whoever asks."""
    return _ACTS[name]
