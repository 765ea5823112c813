"""What operators are told when it did not work."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.problems import Refusal


@dataclass(eq=False)
class NotSettled(Refusal):
    """Something is still on its way: `waiting_for` says what, at `service`."""

    code = "admin.not-settled"
    title = "Not everything has arrived yet"
    service: str
    waiting_for: str


STATUS: dict[type[Refusal], int] = {NotSettled: 504}
