"""The committed schemas and samples are what the models say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contracts import generate
from contracts.catalogue import events
from contracts.samples import SAMPLES


def test_schemas_and_samples_are_what_the_models_say() -> None:
    assert generate.drift() == [], "run: python -m contracts.generate"


def test_every_event_has_a_sample() -> None:
    assert generate.without_sample() == []


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_sample_survives_the_wire(name: str) -> None:
    text = (generate.HERE / "samples" / f"{name}.json").read_text("utf-8")
    assert events()[name].model_validate_json(text) == SAMPLES[name]


@pytest.mark.parametrize("name", sorted(events()))
def test_a_reader_ignores_what_it_does_not_know(name: str) -> None:
    body = json.loads(SAMPLES[name].model_dump_json()) | {"colour": "green"}
    assert events()[name].model_validate_json(json.dumps(body)) == SAMPLES[name]


@pytest.mark.parametrize("name", sorted(events()))
def test_the_entity_of_an_event_is_one_of_its_fields(name: str) -> None:
    assert events()[name].entity in events()[name].model_fields
    assert events()[name].kind in {"state", "fact"}


def test_drift_is_seen(tmp_path: Path) -> None:
    assert generate.write(tmp_path, unreleased=True)
    assert generate.drift(tmp_path) == []
    (tmp_path / "schemas" / "billing.order-held.v1.json").write_text("{}")
    (tmp_path / "schemas" / "billing.order-forgotten.v1.json").write_text("{}")
    (tmp_path / "samples" / "billing.order-held.v1.json").unlink()
    assert generate.drift(tmp_path) == [
        "samples/billing.order-held.v1.json",
        "schemas/billing.order-forgotten.v1.json",
        "schemas/billing.order-held.v1.json",
    ]


def test_a_schema_that_readers_would_not_survive_is_not_written(tmp_path: Path) -> None:
    generate.write(tmp_path, unreleased=True)
    file = tmp_path / "schemas" / "billing.order-held.v1.json"
    schema = json.loads(file.read_text("utf-8"))
    schema["properties"]["branch"] = {"type": "string"}
    file.write_text(json.dumps(schema))
    with pytest.raises(SystemExit, match="branch: was removed"):
        generate.write(tmp_path)
