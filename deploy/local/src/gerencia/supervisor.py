"""Keeps programs running: one that ends is started again, after a wait that grows."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import psutil

from gerencia.servers.process import Program
from kernel import clock

LOG_LIMIT_BYTES = 20_000_000


@dataclass(frozen=True)
class Backoff:
    """How long to wait before a program is started again, in seconds.

    The wait doubles from `first` to `longest`; a program that ran for `stable` starts afresh.

    >>> [Backoff().wait(failures) for failures in (1, 2, 3, 9)]
    [0.2, 0.4, 0.8, 10.0]
    """

    first: float = 0.2
    longest: float = 10.0
    stable: float = 30.0

    def wait(self, failures: int) -> float:
        """Seconds before the next try, after so many failures in a row."""
        return min(self.longest, self.first * 2.0 ** min(failures - 1, 30))

    @classmethod
    def from_environment(cls) -> Backoff:
        """Read GERENCIA_RESTART_FIRST, _LONGEST and _STABLE, in seconds."""
        given = {
            name: float(os.environ[f"GERENCIA_RESTART_{name.upper()}"])
            for name in ("first", "longest", "stable")
            if f"GERENCIA_RESTART_{name.upper()}" in os.environ
        }
        return cls(**given)


@dataclass
class Standing:
    """How a program is doing.

    `created` is the process's start as the system tells it: with the pid it names one process
    for ever, for pids are used again.
    """

    name: str
    pid: int | None = None
    created: float | None = None
    ready: bool = False
    restarts: int = 0
    since: str | None = None


class Supervised:
    """One program under supervision."""

    def __init__(
        self,
        program: Program,
        backoff: Backoff,
        changed: Callable[[], None],
        say: Callable[[str], None],
    ) -> None:
        self.program = program
        self.standing = Standing(program.name)
        self.ready = asyncio.Event()
        self._backoff = backoff
        self._changed = changed
        self._say = say
        self._stopping = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None

    async def run(self) -> None:
        """Start it, and start it again when it ends, until it is told to stop."""
        failures = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            code = await self._run_once()
            if self._stopping.is_set():
                return
            failures = 1 if time.monotonic() - began >= self._backoff.stable else failures + 1
            await self._wait_before_restart(code, self._backoff.wait(failures))

    async def stop(self) -> None:
        """Stop it; one that does not end in time is killed with all its children."""
        self._stopping.set()
        process = self._process
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(self.program.stop_signal)
        try:
            await asyncio.wait_for(process.wait(), self.program.patience)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()

    async def _run_once(self) -> int:
        await asyncio.to_thread(self.program.prepare)
        if self._stopping.is_set():
            return 0
        self._process = await self._spawn()
        self._note(self._process.pid)
        watching = asyncio.create_task(self._watch_until_ready())
        try:
            return await self._process.wait()
        finally:
            watching.cancel()
            self._process = None
            self._note(None)

    async def _spawn(self) -> asyncio.subprocess.Process:
        _turn_over(self.program)
        with self.program.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *self.program.command(),
                env=self.program.environment(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the supervisor, which stops in order
            )

    async def _watch_until_ready(self) -> None:
        while not await asyncio.to_thread(self.program.is_ready):  # noqa: ASYNC110  # it can't tell
            await asyncio.sleep(0.05)
        self.standing.ready = True
        self.ready.set()
        self._changed()

    async def _wait_before_restart(self, code: int, seconds: float) -> None:
        self.standing.restarts += 1
        self._say(f"{self.program.name} ended ({_how(code)}); it starts again in {seconds:g} s.")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    def _note(self, pid: int | None) -> None:
        self.program.pid = pid
        self.ready.clear()
        self.standing.pid = pid
        self.standing.created = _created(pid) if pid else None
        self.standing.ready = False
        self.standing.since = clock.now().isoformat(timespec="milliseconds")
        self._changed()


class Supervisor:
    """Programs that are kept running, and what is known of them.

    Args:
        note: is given the standing of all programs whenever one changes.
        say: is given sentences for the person who looks on.
    """

    def __init__(
        self,
        backoff: Backoff,
        note: Callable[[list[dict[str, object]]], None],
        say: Callable[[str], None],
    ) -> None:
        self._backoff = backoff
        self._note = note
        self._say = say
        self._supervised: dict[str, Supervised] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, programs: Sequence[Program]) -> None:
        """Begin to run these programs."""
        for program in programs:
            supervised = Supervised(program, self._backoff, self._changed, self._say)
            self._supervised[program.name] = supervised
            self._tasks.add(asyncio.create_task(supervised.run(), name=program.name))

    async def ready(self, programs: Sequence[Program]) -> None:
        """Wait until all of these are ready."""
        await asyncio.gather(*(self._supervised[p.name].ready.wait() for p in programs))

    def waiting(self) -> list[Program]:
        """Those that are not ready yet."""
        return [s.program for s in self._supervised.values() if not s.ready.is_set()]

    async def stop(self, programs: Sequence[Program]) -> None:
        """Stop these, at the same time."""
        known = [self._supervised[p.name] for p in programs if p.name in self._supervised]
        await asyncio.gather(*(supervised.stop() for supervised in known))

    def _changed(self) -> None:
        self._note([asdict(supervised.standing) for supervised in self._supervised.values()])


def end_left_over(standings: Sequence[dict[str, object]], patience: float = 10.0) -> list[str]:
    """End the programs of a supervisor that was killed; returns their names."""
    left = [standing for standing in standings if still_runs(standing)]
    for standing in left:
        _signal(standing, signal.SIGINT if standing["name"] == "postgres" else signal.SIGTERM)
    for standing in _still_run_after(left, patience):
        _signal(standing, signal.SIGKILL)
    _still_run_after(left, patience)
    return [str(standing["name"]) for standing in left]


def _signal(standing: dict[str, object], number: signal.Signals) -> None:
    if (process := still_runs(standing)) is not None:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def _still_run_after(left: list[dict[str, object]], patience: float) -> list[dict[str, object]]:
    deadline = time.monotonic() + patience
    while (living := [one for one in left if still_runs(one)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    return living


def still_runs(standing: dict[str, object]) -> psutil.Process | None:
    """Find the very process that a standing speaks of, if it lives."""
    pid, created = standing.get("pid"), standing.get("created")
    try:
        process = psutil.Process(pid) if isinstance(pid, int) else None
        if process is None or process.status() == psutil.STATUS_ZOMBIE:
            return None
    except psutil.NoSuchProcess:
        return None
    # The system's idea of when it booted, from which this is counted, moves with its clock.
    same = isinstance(created, float) and abs(process.create_time() - created) < 2
    return process if same else None


def _created(pid: int) -> float | None:
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return None


def _how(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


def _turn_over(program: Program) -> None:
    """Keep one old log beside a new one, so that they never fill the disk."""
    if program.log.exists() and program.log.stat().st_size > LOG_LIMIT_BYTES:
        program.log.replace(program.log.with_suffix(".old.log"))
