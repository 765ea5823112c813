"""Ports of 127.0.0.1 for programs that must find them free again."""

from __future__ import annotations

import random
import socket

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
