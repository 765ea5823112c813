"""An installation with stand-ins for the services: the machinery around them, in a second."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from gerencia.installation import Installation
from gerencia.programs import SERVICES

STAND_IN = """
import http.server, os, signal, sys

class Door(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"{}")

if os.environ.get("STAND_IN_CRASHES") == "NAME":
    sys.exit(7)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
http.server.HTTPServer(("127.0.0.1", int(os.environ["GERENCIA_HTTP_PORT"])), Door).serve_forever()
"""
ENVIRONMENT_PY = "from kernel.migrations import migrate\nmigrate()\n"


@pytest.fixture(scope="session")
def stand_ins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packages named as the services, each ready as soon as it runs."""
    folder = tmp_path_factory.mktemp("stand-ins")
    for service in SERVICES:
        revisions = folder / service / "_migrations" / "versions"
        revisions.mkdir(parents=True)
        (folder / service / "__init__.py").touch()
        (folder / service / "__main__.py").write_text(STAND_IN.replace("NAME", service))
        (revisions.parent / "env.py").write_text(ENVIRONMENT_PY)
    return folder


@dataclass
class Gerencia:
    """The `gerencia` command on a data folder, and what it started."""

    data: Path
    environment: dict[str, str]
    python: list[str] = field(default_factory=lambda: [sys.executable])
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def installation(self) -> Installation:
        return Installation(self.data)

    def up(self, *options: str) -> subprocess.Popen[str]:
        """Start it in the foreground, without waiting."""
        process = subprocess.Popen(
            self._command("up", "--no-demo", "--port", "0", *options),
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process

    def ready(self, *options: str) -> subprocess.Popen[str]:
        """Start it and wait for the line that says it is ready."""
        process = self.up(*options)
        assert process.stdout
        line = process.stdout.readline()
        assert line.startswith("ready http://127.0.0.1:"), process.communicate()
        return process

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            self._command(*arguments),
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def program(self, name: str) -> dict[str, Any]:
        """What is noted of a program."""
        standings = self.installation.recall("programs")
        return next(standing for standing in standings if standing["name"] == name)

    def wait_for(self, name: str, *, restarts: int, seconds: float = 20) -> dict[str, Any]:
        """Wait until a program is ready again after so many restarts."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            standing = self.program(name)
            if standing["ready"] and standing["restarts"] >= restarts:
                return standing
            time.sleep(0.02)
        raise AssertionError(f"{name} did not come back: {self.program(name)}")

    def health(self, service: str) -> int:
        port = self.installation.recall("ports")[f"{service}-health"]
        return httpx.get(f"http://127.0.0.1:{port}/health/ready").status_code

    def end(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.communicate(timeout=60)

    def _command(self, *arguments: str) -> list[str]:
        return [*self.python, "-m", "gerencia", "--data", str(self.data), *arguments]


@pytest.fixture(scope="session")
def environment(stand_ins: Path) -> dict[str, str]:
    """What the command is told in these tests: stand-ins, and little patience."""
    return {
        **os.environ,
        "PYTHONPATH": str(stand_ins),
        "GERENCIA_RESTART_FIRST": "0.05",
        "GERENCIA_RESTART_LONGEST": "1",
        "GERENCIA_READY_SECONDS": "20",
    }


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Path:
    """A data folder that was started once and is migrated; copied, it saves most of a start."""
    command = Gerencia(tmp_path_factory.mktemp("prepared") / "data", environment)
    command.ready()
    command.end()
    return command.data


@pytest.fixture
def fresh(tmp_path: Path, environment: dict[str, str]) -> Iterator[Gerencia]:
    """The command on a data folder that is not there yet."""
    command = Gerencia(tmp_path / "fresh", dict(environment))
    yield command
    command.end()


@pytest.fixture
def gerencia(tmp_path: Path, prepared: Path, environment: dict[str, str]) -> Iterator[Gerencia]:
    """The command on a data folder that was started before."""
    shutil.copytree(prepared, tmp_path / "data")
    command = Gerencia(tmp_path / "data", dict(environment))
    yield command
    command.end()
