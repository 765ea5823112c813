"""The programs of an installation on one machine: the servers, and the services on them."""

from __future__ import annotations

import os
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from gerencia.installation import Installation
from gerencia.servers.launch import tied
from gerencia.servers.logins import service_dsns
from gerencia.servers.nats import NatsServer
from gerencia.servers.postgres import PostgresServer
from gerencia.servers.process import Program

SERVICES = ("customers", "billing", "targets", "notifications", "gateway")
# A burst leaves fifty sessions behind, of 4 MB each; the services open others when they need them.
MODEST = {"idle_session_timeout": "2min", "jit": "off"}
PORTS = ["postgres", "nats", "nats-monitoring", *(f"{service}-health" for service in SERVICES)]
# Without byte code every start compiles SQLAlchemy and the rest anew: seconds instead of one.
NO_BYTE_CODE = "PYTHONDONTWRITEBYTECODE"
# One heap for a process of one event loop, not one for each helper thread.
THRIFTY = {"MALLOC_ARENA_MAX": "1", "MALLOC_TRIM_THRESHOLD_": "131072"}


class ServiceProgram(Program):
    """A service: `python -m billing`, ready when its health port says so."""

    def __init__(self, name: str, log: Path, port: int, environment: dict[str, str]) -> None:
        super().__init__(name, log)
        self.port = port
        self._environment = environment

    def command(self) -> list[str]:
        """Run the service's module, wherever the current folder is (-P)."""
        return tied([sys.executable, "-P", "-m", self.name], "TERM")

    def environment(self) -> dict[str, str]:
        """Pass our environment on, with what this service needs to know."""
        ours = {name: value for name, value in os.environ.items() if name != NO_BYTE_CODE}
        return {**ours, **THRIFTY, **self._environment}

    def is_ready(self) -> bool:
        """Whether it takes requests."""
        return answers_ready(self.port)


@dataclass(frozen=True)
class Programs:
    """All programs of an installation, on the ports they keep."""

    postgres: PostgresServer
    nats: NatsServer
    services: list[ServiceProgram]

    @property
    def servers(self) -> list[Program]:
        """Those that the services need."""
        return [self.postgres, self.nats]

    @property
    def gateway(self) -> list[Program]:
        """The one whom people reach: the last to start, the first to stop."""
        return [program for program in self.services if program.name == "gateway"]

    @property
    def inner(self) -> list[Program]:
        """The services behind the gateway."""
        return [program for program in self.services if program.name != "gateway"]


def servers(installation: Installation, ports: dict[str, int]) -> tuple[PostgresServer, NatsServer]:
    """PostgreSQL and NATS of an installation."""
    postgres = PostgresServer(
        installation.data / "postgres",
        port=ports["postgres"],
        settings=MODEST,
        log=installation.logs / "postgres.log",
    )
    nats = NatsServer(
        installation.data / "nats",
        port=ports["nats"],
        monitoring_port=ports["nats-monitoring"],
        log=installation.logs / "nats.log",
    )
    return postgres, nats


def service_environment(
    installation: Installation,
    service: str,
    ports: dict[str, int],
    postgres: PostgresServer,
    nats: NatsServer,
) -> dict[str, str]:
    """What a service is told: where the servers are, who it is there, on which ports it answers."""
    dsns = service_dsns(postgres.admin_dsn, service)
    return {
        "GERENCIA_NATS_URL": nats.url,
        "GERENCIA_NATS_MONITORING_URL": nats.monitoring_url,
        "GERENCIA_APP_DSN": dsns.app,
        "GERENCIA_WORKER_DSN": dsns.worker,
        "GERENCIA_OWNER_DSN": dsns.owner,
        "GERENCIA_HTTP_PORT": str(ports[f"{service}-health"]),
        "GERENCIA_PORT": str(ports["gateway"]),
        "GERENCIA_FILES": str(installation.files),
        "GERENCIA_ADMIN_TOKEN_FILE": str(installation.token_file),
    }


def answers_ready(port: int) -> bool:
    """Whether a service's health port says that it is ready."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
