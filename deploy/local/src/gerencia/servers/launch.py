"""How a server's own program is found and started: ports, users, the tie to its parent."""

from __future__ import annotations

import functools
import os
import random
import shutil
import socket
import subprocess
import sys

import psutil

# Below the range from which the kernel takes ports for outgoing connections, so that a
# server that restarts finds its port free.
PORTS = range(18_000, 32_000)


class ServerError(Exception):
    """A server cannot be started; the message says why and what helps."""


def free_port() -> int:
    """A port on 127.0.0.1 on which nobody listens now."""
    for port in random.sample(PORTS, 200):
        if is_free(port):
            return port
    raise ServerError("No free port was found on 127.0.0.1.")


def is_free(port: int) -> bool:
    """Whether nobody listens on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def answers(port: int) -> bool:
    """Whether somebody accepts connections on this port of 127.0.0.1."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=0.5).close()
    except OSError:
        return False
    return True


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
