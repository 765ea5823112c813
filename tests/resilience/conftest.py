"""A hurt installation for each test, and the settings that keep a run short."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from mailbox import Mailbox
from pathlib import Path
from typing import Any

import pytest
from run import Run

from gerencia.servers.ports import free_port
from gerencia.trial import Installation

QUICK = {
    "GERENCIA_RESTART_FIRST": "0.2",
    "GERENCIA_RESTART_LONGEST": "1",
    "GERENCIA_BACKGROUND_SECONDS": "0.5",
    "GERENCIA_RATE_LIMIT": "100000/minute",
}


@pytest.fixture
def company_under_fire(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    """Starts an installation and gives a run on it: `company_under_fire(seed=7, kills=30)`."""
    with ExitStack() as stack:

        def start(*, planted: str = "", **schedule: Any) -> Run:
            mailbox = stack.enter_context(Mailbox(free_port()))
            environment = {**QUICK, "GERENCIA_SMTP_URL": mailbox.url, **_planted(planted)}
            installation = Installation(tmp_path / "data", environment)
            installation.start()
            stack.callback(installation.stop)
            return Run(installation, mailbox, tmp_path, **schedule)

        yield start


def _planted(fault: str) -> dict[str, str]:
    """What makes every program of the installation break one rule of the house."""
    if not fault:
        return {}
    planted = Path(__file__).parent / "planted"
    folder = planted / fault
    assert (folder / "sitecustomize.py").exists(), f"no such planted fault: {fault}"
    path = os.pathsep.join(
        filter(None, [str(folder), str(planted), os.environ.get("PYTHONPATH", "")])
    )
    return {"PYTHONPATH": path}
