"""What a paper is asked for with: in which form, by whom, of which company."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Any

from gateway.papers.model import Paper
from gateway.papers.reader import Reader
from kernel.problems import Malformed

if TYPE_CHECKING:
    from starlette.requests import Request

FORMAT = "format"


class Form(Enum):
    """The forms of a paper, each with its media type."""

    PDF = "application/pdf"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    @property
    def ending(self) -> str:
        """Of its file's name; also what `format` says."""
        return self.name.lower()


def form_of(request: Request) -> Form | None:
    """The form asked for: `format` of a link, else `Accept`; None is the answer as JSON.

    Raises:
        Malformed: `format` is none of ours.
    """
    wish = request.query_params.get(FORMAT)
    if wish is not None:
        forms = {form.ending: form for form in Form} | {"json": None}
        if wish not in forms:
            raise Malformed([{"field": FORMAT, "problem": f"one of {', '.join(sorted(forms))}"}])
        return forms[wish]
    accepted = [
        one.partition(";")[0].strip() for one in request.headers.get("accept", "").split(",")
    ]
    return next((form for wish in accepted for form in Form if form.value == wish), None)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a paper is made for.

    Args:
        company: its name, for the letterhead.
        person: the name of who asked.
        fields: the fields of the question, as they were given.
        units: the names of units, by id.
    """

    reader: Reader
    company: str
    person: str
    today: date
    fields: Mapping[str, Any]
    units: Mapping[str, str]

    @property
    def footer(self) -> str:
        """When it was made, and for whom."""
        return self.reader.say("made", day=self.reader.day(self.today), person=self.person)


Make = Callable[[Any, Asked], Paper]
"""Makes a paper of a question's answer."""
