"""One installation with both public data sets in it, imported as anybody would."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from typer.testing import CliRunner

from gerencia import reports

ROOT = Path(__file__).parents[2]
DATASETS = Path(os.environ.get("GERENCIA_DATASETS", ROOT.parent / "shared" / "data"))
GERENCIA = Path(sys.executable).with_name("gerencia")
START_SECONDS = 120
IMPORT_SECONDS = 900


@dataclass(frozen=True)
class Installation:
    """A running installation, used through its command line only."""

    data: Path

    def command(self, *arguments: str) -> list[str]:
        return [str(GERENCIA), "--data", str(self.data), *arguments]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments), capture_output=True, text=True, timeout=IMPORT_SECONDS,
            check=False, env=environment(),
        )  # fmt: skip

    def import_(self, source: str, path: Path) -> dict[str, Any]:
        done = self.run("import", source, str(path), "--format", "json")
        assert done.returncode == 0, done.stdout + done.stderr
        summary: dict[str, Any] = json.loads(done.stdout)
        return summary

    def report(self, *arguments: str) -> list[dict[str, Any]]:
        """Print a report as `gerencia report` does, without a process for each."""
        chosen = environment() | {"GERENCIA_DATA": str(self.data)}
        with patch.dict(os.environ, chosen, clear=True):
            done = CliRunner().invoke(reports.app, [*arguments, "--format", "json"])
        assert done.exit_code == 0, f"{done.output}{done.exception}"
        rows: list[dict[str, Any]] = json.loads(done.stdout)
        return rows


def environment() -> dict[str, str]:
    """The environment without another installation in it."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GERENCIA_")}


@pytest.fixture(scope="session")
def datasets() -> Path:
    """The folder of the public data sets."""
    if not (DATASETS / "adventureworks").is_dir():
        pytest.skip(f"no public data sets in {DATASETS}: say with GERENCIA_DATASETS where they are")
    return DATASETS


@pytest.fixture(scope="session")
def running(datasets: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation without demonstration company, on ports of its own."""
    installation = Installation(tmp_path_factory.mktemp("installation"))
    log = (installation.data.parent / "up.log").open("w")
    up = subprocess.Popen(
        installation.command("up", "--no-demo", "--port", "0"),
        stdout=subprocess.PIPE, stderr=log, text=True, env=environment(),
    )  # fmt: skip
    try:
        assert up.stdout is not None
        line = up.stdout.readline()
        assert line.startswith("ready http"), f"{line}{Path(log.name).read_text()[-3000:]}"
        yield installation
    finally:
        up.send_signal(signal.SIGTERM)
        try:
            up.wait(60)
        finally:
            up.kill()


@pytest.fixture(scope="session")
def adventureworks(running: Installation, datasets: Path) -> dict[str, Any]:
    """AdventureWorks, imported once, killed in the middle, and imported again to the end."""
    folder = datasets / "adventureworks"
    first = subprocess.Popen(
        running.command("import", "adventureworks", str(folder)),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment(),
    )  # fmt: skip
    time.sleep(15)
    first.kill()
    first.wait()
    return running.import_("adventureworks", folder)


@pytest.fixture(scope="session")
def receivables(running: Installation, datasets: Path) -> dict[str, Any]:
    """The receivables, imported once."""
    file = datasets / "ibm-accounts-receivable" / "accounts_receivable.csv"
    return running.import_("receivables", file)
