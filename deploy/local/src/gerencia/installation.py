"""The data folder of an installation: what lies where, and who may use it."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gerencia.servers.ports import free_port, is_free

DEFAULT_PORT = 8080
PROJECT_MARK = "docker-compose.yml"


class GerenciaError(Exception):
    """What a person asked for cannot be done; the message says why and what helps.

    Args:
        code: what the command exits with; 1, or 3 when rows were refused.
    """

    def __init__(self, message: str, *, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Installation:
    """The folder where one installation keeps its databases, its secrets and its logs."""

    data: Path

    @property
    def logs(self) -> Path:
        """A log for each program."""
        return self.data / "logs"

    @property
    def files(self) -> Path:
        """Documents and exports, which never travel on the bus."""
        return self.data / "files"

    @property
    def token_file(self) -> Path:
        """The local administrator's token; the gateway takes it as one."""
        return self.data / "token"

    @property
    def address_file(self) -> Path:
        """Where the gateway answers."""
        return self.data / "address"

    @property
    def address(self) -> str | None:
        """Where the gateway answers, once it was started."""
        return _text(self.address_file)

    @property
    def token(self) -> str | None:
        """The local administrator's token, once it was made."""
        return _text(self.token_file)

    def prepare(self) -> None:
        """Make the folder, which only its owner may read, and the administrator's token."""
        self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.logs.mkdir(exist_ok=True)
        self.files.mkdir(exist_ok=True)
        if not self.token:
            self.write("token", f"ger_{secrets.token_urlsafe(32)}\n")

    def write(self, name: str, text: str) -> None:
        """Replace a file as a whole, readable by its owner only."""
        fresh = self.data / f".{name}.new"
        fresh.touch(mode=0o600)
        fresh.write_text(text)
        fresh.replace(self.data / name)

    def remember(self, name: str, value: object) -> None:
        """Keep a value as `<name>.json`."""
        self.write(f"{name}.json", json.dumps(value, indent=2) + "\n")

    def recall(self, name: str) -> Any:
        """Read a value that was kept; None when there is none, or it was damaged."""
        try:
            return json.loads((self.data / f"{name}.json").read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return None

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Be the only one who runs this installation; the claim ends with the process.

        Raises:
            GerenciaError: somebody else runs it.
        """
        with (self.data / "up.lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise GerenciaError(self._already_running()) from None
            lock.truncate(0)
            lock.write(f"{os.getpid()}\n")
            lock.flush()
            yield
            lock.truncate(0)

    def runner(self) -> int | None:
        """Find the process that runs this installation, if any does."""
        try:
            with (self.data / "up.lock").open("r") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return int(lock.read().strip() or 0)
        except FileNotFoundError:
            pass
        return None

    def _already_running(self) -> str:
        where = f", at {self.address}" if self.address else ""
        return (
            f"Gerencia already runs with the data folder {self.data} (process {self.runner()}"
            f"{where}). Stop it with `gerencia down`, or choose another folder with --data."
        )

    def ports(self, names: list[str], gateway: int | None) -> dict[str, int]:
        """Choose a port for each name, those of the last time where they are still free.

        Raises:
            GerenciaError: the gateway's port was asked for by name, and somebody listens there.
        """
        kept: dict[str, int] = self.recall("ports") or {}
        kept["gateway"] = _gateway_port(gateway, kept.get("gateway"))
        ports = {name: port for name, port in kept.items() if name == "gateway" or is_free(port)}
        for name in names:
            ports[name] = ports.get(name) or free_port()
        self.remember("ports", ports)
        return ports


def _gateway_port(asked: int | None, kept: int | None) -> int:
    if asked is not None:
        if asked and not is_free(asked):
            raise GerenciaError(f"Port {asked} is taken: choose another one with --port.")
        return asked or free_port()
    wanted = (port for port in (kept, DEFAULT_PORT) if port and is_free(port))
    return next(wanted, None) or free_port()


def default_data() -> Path:
    """Choose `.gerencia` in the project that this program belongs to, else in this folder."""
    around = (folder for folder in Path(__file__).parents if (folder / PROJECT_MARK).exists())
    return next(around, Path.cwd()) / ".gerencia"


def _text(file: Path) -> str | None:
    try:
        return file.read_text().strip() or None
    except FileNotFoundError:
        return None
