"""Refusals: what a rule says when the answer is no (RFC 9457 problem details)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, ClassVar


@dataclass(eq=False)  # an exception stays unfrozen: Python sets its __traceback__
class Refusal(Exception):
    """A rule refuses: it has a code, a title and the figures that led to it.

    Subclasses are dataclasses whose fields become members of the problem document. Its words
    in Spanish and English stand under `code` in the message catalogue of the service that
    refuses, with the fields as placeholders.
    """

    code: ClassVar[str]
    title: ClassVar[str]

    def facts(self) -> dict[str, Any]:
        """The figures of this refusal, by field name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def __str__(self) -> str:
        given = ", ".join(f"{name}={value}" for name, value in self.facts().items())
        return f"{self.code}: {self.title}" + (f" ({given})" if given else "")
