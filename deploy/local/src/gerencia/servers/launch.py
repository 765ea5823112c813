"""How a program is started: as which user, and tied to its parent."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys

import psutil

from gerencia.servers.ports import ServerError


def is_another_program(pid: int, name: str) -> bool:
    """Whether the process lives and is not a program of this name."""
    try:
        return name not in psutil.Process(pid).name()
    except psutil.NoSuchProcess:
        return False


def tied(command: list[str], signal_name: str) -> list[str]:
    """The command, told to end by this signal when its parent dies (Linux; elsewhere unchanged)."""
    setpriv = shutil.which("setpriv")
    if sys.platform != "linux" or setpriv is None:
        return command
    return [setpriv, "--pdeathsig", signal_name, *command]


def unprivileged(command: list[str]) -> list[str]:
    """The command as PostgreSQL accepts it: not as root.

    As root it runs in a user namespace where root's files belong to an ordinary user.
    """
    if os.geteuid() != 0:
        return command
    if not _namespaces_work():
        raise ServerError(
            "PostgreSQL does not run as root, and this machine allows no user namespaces: "
            "start gerencia as an ordinary user."
        )
    return [*_NAMESPACE, *command]


_NAMESPACE = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]


@functools.cache
def _namespaces_work() -> bool:
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*_NAMESPACE, "true"], capture_output=True, check=False).returncode == 0
