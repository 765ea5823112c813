"""An independent parser understands the AsyncAPI document of every service."""

from __future__ import annotations

import json
import shutil
import subprocess
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from contracts.catalogue import events, operations
from kernel.asyncapi import document
from kernel.service import Service

HERE = Path(__file__).parent / "asyncapi"
SERVICES = ("billing", "customers", "gateway", "notifications", "targets")


@pytest.fixture(scope="session")
def parser() -> Path:
    """The independent parser, installed from its lock file on first use."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("node and npm are missing: the AsyncAPI documents were not validated")
    if not (HERE / "node_modules" / "@asyncapi" / "parser").exists():
        done = subprocess.run(["npm", "ci"], cwd=HERE, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"npm could not install the AsyncAPI parser: {done.stderr[-300:]}")
    return HERE / "check.js"


def described(name: str) -> dict[str, Any]:
    """The document of a service as it serves it, from what its program is wired to."""
    service = import_module(f"{name}.app").SERVICE
    assert isinstance(service, Service)
    return document(
        name,
        sends=[event for event in events().values() if event.type.startswith(f"{name}.")],
        receives={each.event for part in service.subscriptions for each in part.all},
        operations=[door.contract for part in service.operations for door in part.doors.values()],
    )


def judged(parser: Path, files: list[Path]) -> list[dict[str, Any]]:
    """What the parser says of each file."""
    done = subprocess.run(
        ["node", str(parser), *map(str, files)], capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_documents_are_valid_and_complete(parser: Path, tmp_path: Path) -> None:
    written = {name: described(name) for name in SERVICES}
    files = []
    for name, body in written.items():
        files.append(tmp_path / f"{name}.json")
        files[-1].write_text(json.dumps(body), "utf-8")
    for name, verdict in zip(SERVICES, judged(parser, files), strict=True):
        assert verdict["wrong"] == [], name
        assert verdict["channels"] == len(written[name]["channels"]) > 0
        assert verdict["operations"] == len(written[name]["operations"]) > 0


def test_the_parser_sees_a_wrong_document(parser: Path, tmp_path: Path) -> None:
    wrong = document("billing", sends=[events()["billing.order-held.v1"]])
    wrong["operations"]["send billing.order-held.v1"]["channel"]["$ref"] = "#/channels/nowhere"
    file = tmp_path / "wrong.json"
    file.write_text(json.dumps(wrong), "utf-8")
    assert judged(parser, [file])[0]["wrong"]


def test_every_operation_of_the_contracts_is_answered_by_its_service() -> None:
    answered = {
        name
        for service in SERVICES
        for part in import_module(f"{service}.app").SERVICE.operations
        for name in part.doors
    }
    assert set(operations()) - answered == set()
