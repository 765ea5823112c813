"""A version only grows: each way to break it is planted here and seen."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import pytest

from contracts import compatibility
from contracts.compatibility import breaks, broken_since, committed, last_release
from kernel.asyncapi import schema_of
from kernel.events import Message
from kernel.money import Money


class Part(Message):
    number: int


class Before(Message):
    number: str
    amount: Money
    rep: str | None
    kind: Literal["cash", "transfer"]
    parts: Sequence[Part]


def after(**changes: object) -> list[str]:
    """The breaks of `Before` with some fields of another type; None removes the field."""
    kept = {name: kind for name, kind in Before.__annotations__.items() if name not in changes}
    fields = kept | {name: kind for name, kind in changes.items() if kind is not None}
    changed = type("Before", (Message,), {"__annotations__": fields, "__module__": __name__})
    return breaks(schema_of(Before), schema_of(changed))


class Grown(Before):
    note: str = ""
    parts: Sequence[Part] = ()


class PartWithColour(Message):
    number: int
    colour: str


def test_a_new_field_with_a_default_breaks_nobody() -> None:
    assert breaks(schema_of(Before), schema_of(Grown)) == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"number": None}, ["number: was removed"]),
        ({"branch": "str"}, ["branch: is required now"]),
        (
            {"number": "int"},
            ["number: an old reader does not know integer", "number: no longer string"],
        ),
        ({"rep": "str"}, ["rep: no longer null"]),
        ({"number": "str | None"}, ["number: an old reader does not know null"]),
        (
            {"amount": "str"},
            [
                "amount: an old reader does not know string",
                "amount: no longer object",
                "amount.amount: was removed",
                "amount.currency: was removed",
            ],
        ),
        ({"kind": "Literal['cash']"}, None),
        ({"parts": "Sequence[PartWithColour]"}, ["parts[].colour: is required now"]),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_break_is_named(change: dict[str, object], found: list[str] | None) -> None:
    seen = after(**change)
    assert seen, "the check did not see it"
    if found is not None:
        assert seen == sorted(found)


def test_nothing_broke_since_the_last_release() -> None:
    if not (Path(__file__).parents[3] / ".git").exists():
        pytest.skip("not a git checkout: there is no older version to compare with")
    assert broken_since(committed(last_release())) == []


def test_an_event_may_not_disappear() -> None:
    assert broken_since({"billing.order-forgotten.v1": {}}) == [
        "billing.order-forgotten.v1: the event is gone"
    ]


def test_the_schemas_of_a_commit_are_read_from_git(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True)

    git("init", "-q")
    file = tmp_path / "billing.order-held.v1.json"
    file.write_text('{"properties": {"gone": {"type": "string"}}}')
    git("add", ".")
    git("commit", "-q", "-m", "first")
    git("tag", "v0.1.0")
    assert last_release(tmp_path) == "v0.1.0"
    old = committed("v0.1.0", tmp_path)
    assert "billing.order-held.v1: gone: was removed" in compatibility.broken_since(old)
