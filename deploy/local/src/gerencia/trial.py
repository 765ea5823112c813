"""A whole installation in a folder of its own, started as a user starts it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gerencia.servers.logins import service_dsns
from gerencia.servers.ports import free_port
from gerencia.servers.postgres import PostgresServer

GERENCIA = [sys.executable, "-m", "gerencia"]
START_SECONDS = 90
STOP_SECONDS = 60


class Installation:
    """`gerencia up` in a temporary data folder, and the means to hurt its programs.

    Args:
        environment: added to that of the programs, to plant a fault or to name the mail server.
    """

    def __init__(self, data: Path, environment: Mapping[str, str]) -> None:
        self.data = data
        self._environment = {**os.environ, **environment, "GERENCIA_DATA": str(data)}
        self._port = free_port()
        self._up: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """Where the gateway answers."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int:
        """The process that keeps the programs running."""
        assert self._up
        return self._up.pid

    @property
    def token(self) -> str:
        """The local administrator's."""
        return (self.data / "token").read_text().strip()

    def start(self) -> None:
        """Start everything and wait for the line that says it is ready."""
        command = [*GERENCIA, "up", "--no-demo", "--port", str(self._port)]
        self._log = (self.data.parent / "up.log").open("a")
        self._up = subprocess.Popen(
            command, env=self._environment, stdout=subprocess.PIPE, stderr=self._log, text=True
        )
        assert self._up.stdout
        for line in self._up.stdout:
            if line.startswith("ready "):
                return
        raise AssertionError(f"not ready, see {self.data.parent / 'up.log'}")

    def stop(self) -> int:
        """Stop everything as Ctrl-C does; returns the exit status."""
        assert self._up
        self._up.send_signal(signal.SIGINT)
        status = self._up.wait(STOP_SECONDS)
        self._log.close()
        return status

    @property
    def admin_dsn(self) -> str:
        """Address of the database server, as its superuser."""
        port = json.loads((self.data / "ports.json").read_text())["postgres"]
        return PostgresServer(self.data / "postgres", port=port).admin_dsn

    def database(self, service: str) -> str:
        """Address of a service's database, as its worker, who sees all units."""
        return service_dsns(self.admin_dsn, service).worker

    def command(self, *words: str) -> str:
        """Run another `gerencia` command on it and return what it prints."""
        done = subprocess.run(
            [*GERENCIA, *words],
            env=self._environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return done.stdout

    def programs(self) -> dict[str, dict[str, Any]]:
        """What runs, by name: its pid, whether it is ready, how often it was restarted."""
        printed = subprocess.run(
            [*GERENCIA, "status", "--json"],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        ).stdout
        return {program["name"]: program for program in json.loads(printed)["programs"]}

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to a program, by its own pid."""
        pid = self.programs()[name]["pid"]
        if pid:
            os.kill(pid, how)

    def wait_until_ready(self, seconds: float = START_SECONDS, *names: str) -> None:
        """Wait until every program is ready again, or those that are named."""
        end = time.monotonic() + seconds
        while not all(
            program["ready"]
            for name, program in self.programs().items()
            if not names or name in names
        ):
            assert time.monotonic() < end, f"not ready: {self.programs()}"
            time.sleep(0.5)
