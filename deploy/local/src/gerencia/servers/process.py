"""A program as a child process: prepared, started, awaited, stopped."""

from __future__ import annotations

import signal
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from gerencia.servers.ports import ServerError


class Program(ABC):
    """What can be run: a server of ours or a service.

    Args:
        name: how people call it.
        log: where its output goes.
    """

    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    patience: ClassVar[float] = 30.0

    def __init__(self, name: str, log: Path) -> None:
        self.name = name
        self.log = log
        self.pid: int | None = None

    def prepare(self) -> None:  # noqa: B027  # most programs need nothing
        """Make what it needs before it starts, when it is not there."""

    @abstractmethod
    def command(self) -> list[str]:
        """Say what to run."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether it takes requests."""

    def environment(self) -> dict[str, str] | None:
        """Say what its environment is; None is ours."""
        return None


def last_words(log: Path, lines: int = 12) -> str:
    """Read the end of a log."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


class Server(Program):
    """A program with a folder of its own; as a context manager it is started and stopped."""

    def __init__(self, name: str, data: Path, log: Path | None) -> None:
        self.data = data.absolute()
        super().__init__(name, log or self.data / f"{name}.log")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and return when it is ready."""
        self.prepare()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self.pid = self._process.pid
        self._wait_until_ready(self._process)

    def stop(self) -> None:
        """Stop it; one that does not end in time is killed."""
        process, self._process, self.pid = self._process, None, None
        if process is None:
            return
        process.send_signal(self.stop_signal)
        try:
            process.wait(self.patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + self.patience
        while not self.is_ready():
            if process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise ServerError(f"{self.name} did not start:\n{last_words(self.log)}")
            time.sleep(0.01)
