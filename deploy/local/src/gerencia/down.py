"""Stops an installation that runs in another terminal."""

from __future__ import annotations

import contextlib
import os
import signal
import time

from gerencia.installation import GerenciaError, Installation
from gerencia.supervisor import end_left_over

PATIENCE_SECONDS = 90


def stop(installation: Installation) -> str:
    """Tell the process that runs it to stop and wait for its end; say what was done."""
    runner = installation.runner()
    if runner is None:
        left = end_left_over(installation.recall("programs") or [])
        return f"Ended what was left: {', '.join(left)}." if left else "Nothing was running."
    with contextlib.suppress(ProcessLookupError):
        os.kill(runner, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while installation.runner() is not None:
        if time.monotonic() > deadline:
            raise GerenciaError(f"Process {runner} did not stop in {PATIENCE_SECONDS} s.")
        time.sleep(0.05)
    return "Stopped."
