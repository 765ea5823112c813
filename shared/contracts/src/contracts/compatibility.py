"""Whether an old reader and old data survive a change of an event's schema."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from contracts.catalogue import events
from kernel.asyncapi import schema_of

Schema = Mapping[str, Any]

SCHEMAS = Path(__file__).parents[2] / "schemas"


def breaks(old: Schema, new: Schema) -> list[str]:
    """What of a change would break a reader of the old version, or a reader of old data.

    A new field with a default is the only change that a version survives; another meaning is
    another version.

    >>> breaks({"properties": {"amount": {"type": "string"}}}, {"properties": {}})
    ['amount: was removed']
    """
    return sorted(_breaks(old, new, old, new, ""))


def _breaks(old: Schema, new: Schema, olds: Schema, news: Schema, path: str) -> Iterator[str]:
    old, new = _resolve(old, olds), _resolve(new, news)
    was, now = _shape(old, olds), _shape(new, news)
    for lost in sorted(was - now):
        yield f"{_at(path)}: no longer {lost}"
    for added in sorted(now - was):
        yield f"{_at(path)}: an old reader does not know {added}"
    yield from _constraints(old, new, path)
    yield from _fields(old, new, olds, news, path)
    if "items" in old and "items" in new:
        yield from _breaks(old["items"], new["items"], olds, news, f"{path}[]")
    yield from _alternatives(old, new, olds, news, path)


def _fields(old: Schema, new: Schema, olds: Schema, news: Schema, path: str) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    for name in before:
        at = f"{path}.{name}".lstrip(".")
        if name not in after:
            yield f"{at}: was removed"
        else:
            yield from _breaks(before[name], after[name], olds, news, at)
    for name in sorted(set(new.get("required", ())) - set(old.get("required", ()))):
        yield f"{f'{path}.{name}'.lstrip('.')}: is required now"


def _alternatives(old: Schema, new: Schema, olds: Schema, news: Schema, path: str) -> Iterator[str]:
    """Compare what stands behind `anyOf`: usually a thing or nothing."""
    before = [each for each in old.get("anyOf", ()) if each.get("type") != "null"]
    after = [each for each in new.get("anyOf", ()) if each.get("type") != "null"]
    if len(before) == len(after):
        for was, now in zip(before, after, strict=True):
            yield from _breaks(was, now, olds, news, path)


def _constraints(old: Schema, new: Schema, path: str) -> Iterator[str]:
    for rule in ("pattern", "format", "const", "enum", "minLength", "maxLength", "maxItems"):
        if old.get(rule) != new.get(rule):
            yield f"{_at(path)}: {rule} was {old.get(rule)}, is {new.get(rule)}"


def _shape(schema: Schema, whole: Schema) -> frozenset[str]:
    """The JSON types that a value may have."""
    if "anyOf" in schema:
        inner = (_shape(_resolve(each, whole), whole) for each in schema["anyOf"])
        return frozenset().union(*inner)
    kind = schema.get("type")
    if kind is None:
        return frozenset({"anything"})
    return frozenset(kind) if isinstance(kind, list) else frozenset({kind})


def _resolve(schema: Schema, whole: Schema) -> Schema:
    ref = schema.get("$ref")
    return whole["$defs"][ref.rpartition("/")[2]] if ref else schema


def _at(path: str) -> str:
    return path or "the body"


def committed(ref: str, directory: Path = SCHEMAS) -> dict[str, Schema]:
    """The schemas as they stood at a commit or tag; none where the directory did not exist."""
    names = _git(directory, "ls-tree", "--name-only", ref, "./").splitlines()
    return {
        name.removesuffix(".json"): json.loads(_git(directory, "show", f"{ref}:./{name}"))
        for name in names
        if name.endswith(".json")
    }


def last_release(directory: Path = SCHEMAS) -> str:
    """The tag of the last release; before the first one the last commit."""
    tags = _git(directory, "tag", "--list", "v*", "--sort=-v:refname", "--merged", "HEAD")
    return next(iter(tags.splitlines()), "HEAD")


def _git(directory: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=directory, capture_output=True, text=True, check=True
    )
    return done.stdout


def broken_since(old: Mapping[str, Schema]) -> list[str]:
    """Every break of today's models against these schemas; an event may not disappear."""
    found = []
    for name, schema in old.items():
        if name not in events():
            found.append(f"{name}: the event is gone")
        else:
            found += [f"{name}: {what}" for what in breaks(schema, schema_of(events()[name]))]
    return found


def main() -> None:
    """`python -m contracts.compatibility [COMMIT]`: compare the models with a commit or tag."""
    ref = sys.argv[1] if len(sys.argv) > 1 else last_release()
    found = broken_since(committed(ref))
    print("\n".join(found) or f"Old readers and old data survive everything since {ref}.")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
