"""Write `schemas/` and `samples/` from the models: `python -m contracts.generate`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from contracts.catalogue import events
from contracts.compatibility import broken_since
from contracts.samples import SAMPLES
from kernel.asyncapi import schema_of

HERE = Path(__file__).parents[2]


def files() -> dict[str, str]:
    """Every generated file by its path below `shared/contracts`, with its text."""
    written = {}
    for name, event in events().items():
        schema = {"$id": f"https://gerencia.mx/schemas/{name}.json"} | schema_of(event)
        written[f"schemas/{name}.json"] = _text(schema)
        if name in SAMPLES:
            written[f"samples/{name}.json"] = SAMPLES[name].model_dump_json(indent=2) + "\n"
    return written


def without_sample() -> list[str]:
    """Events that nobody has given a sample."""
    return sorted(set(events()) - set(SAMPLES))


def drift(directory: Path = HERE) -> list[str]:
    """Which files are missing, left over or not what the models say."""
    wanted = files()
    there = {
        f"{folder}/{file.name}": file.read_text("utf-8")
        for folder in ("schemas", "samples")
        for file in (directory / folder).glob("*.json")
    }
    return sorted(
        name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name)
    )


def write(directory: Path = HERE, *, unreleased: bool = False) -> list[str]:
    """Bring the files up to date and tell which changed.

    A schema that old readers would not survive is not written, unless nobody has read it yet.
    """
    broken = [] if unreleased else broken_since(_present(directory))
    if broken:
        raise SystemExit("\n".join([*broken, "Make it a new version; or say --unreleased."]))
    changed = drift(directory)
    for name in changed:
        file = directory / name
        file.parent.mkdir(parents=True, exist_ok=True)
        text = files().get(name)
        if text is None:
            file.unlink()
        else:
            file.write_text(text, "utf-8")
    return changed


def _present(directory: Path) -> dict[str, dict[str, object]]:
    return {file.stem: json.loads(file.read_text("utf-8")) for file in _schemas(directory)}


def _schemas(directory: Path) -> list[Path]:
    return sorted((directory / "schemas").glob("*.json"))


def _text(schema: object) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write what changed; `--check` only tells it and fails."""
    if "--check" in sys.argv:
        changed = drift()
        print("\n".join(changed) or "Schemas and samples are what the models say.")
        sys.exit(1 if changed else 0)
    for name in write(unreleased="--unreleased" in sys.argv):
        print(name)
    if without_sample():
        raise SystemExit(f"No sample in contracts/samples.py: {', '.join(without_sample())}")


if __name__ == "__main__":
    main()
