"""The supervisor alone, with programs of a few milliseconds."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

from gerencia.servers.process import Program
from gerencia.supervisor import Backoff, Supervisor, end_left_over, still_runs


class Little(Program):
    """A line of Python as a program; ready when its file is there, or at once."""

    patience = 0.5

    def __init__(self, folder: Path, code: str, *, ready: bool = True) -> None:
        super().__init__("little", folder / "little.log")
        self.code = code
        self.ready = ready

    def command(self) -> list[str]:
        return [sys.executable, "-S", "-c", self.code]

    def is_ready(self) -> bool:
        return self.ready


def supervising(backoff: Backoff) -> tuple[Supervisor, list[str], list[list[dict[str, object]]]]:
    said: list[str] = []
    noted: list[list[dict[str, object]]] = []
    return Supervisor(backoff, noted.append, said.append), said, noted


def waits(said: list[str]) -> list[str]:
    return [re.findall(r"in (\S+) s", words)[0] for words in said]


async def until(condition: object, seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # type: ignore[operator]
            await asyncio.sleep(0.01)


async def test_each_crash_in_a_row_waits_twice_as_long_up_to_the_longest(tmp_path: Path):
    supervisor, said, _ = supervising(Backoff(first=0.01, longest=0.03, stable=60))
    program = Little(tmp_path, "raise SystemExit(3)")
    supervisor.start([program])
    await until(lambda: len(said) >= 4)
    await supervisor.stop([program])
    assert waits(said)[:4] == ["0.01", "0.02", "0.03", "0.03"]
    assert "little ended (exit code 3)" in said[0]


async def test_a_program_that_ran_for_long_enough_starts_afresh(tmp_path: Path):
    supervisor, said, _ = supervising(Backoff(first=0.01, longest=9, stable=0))
    program = Little(tmp_path, "raise SystemExit(0)")
    supervisor.start([program])
    await until(lambda: len(said) >= 3)
    await supervisor.stop([program])
    assert set(waits(said)) == {"0.01"}


async def test_one_that_ignores_the_signal_is_killed(tmp_path: Path):
    supervisor, _, noted = supervising(Backoff())
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
    program = Little(tmp_path, code)
    supervisor.start([program])
    await supervisor.ready([program])
    standing = noted[-1][0]
    await asyncio.sleep(0.3)
    await supervisor.stop([program])
    assert not still_runs(standing)


async def test_one_that_is_not_ready_is_waited_for_and_named(tmp_path: Path):
    supervisor, _, _ = supervising(Backoff())
    program = Little(tmp_path, "import time; time.sleep(60)", ready=False)
    supervisor.start([program])
    await asyncio.sleep(0.1)
    assert supervisor.waiting() == [program]
    program.ready = True
    await supervisor.ready([program])
    assert supervisor.waiting() == []
    await supervisor.stop([program])


def test_another_process_with_the_same_number_is_left_alone():
    import os

    reused = {"name": "billing", "pid": os.getpid(), "created": 1.0}
    assert end_left_over([reused]) == []
