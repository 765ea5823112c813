"""A real SMTP server that remembers which messages reached whom."""

from __future__ import annotations

import asyncio
import email
from collections import defaultdict
from typing import Any, Self

from aiosmtpd.controller import Controller

PATIENCE_SECONDS = 30


class Mailbox:
    """Takes every message; the same Message-ID twice is one message."""

    domain = "ejemplo.mx"

    def __init__(self, port: int) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=port)
        self.url = f"smtp://127.0.0.1:{port}"
        self._arrived: dict[str, set[str]] = defaultdict(set)
        self._expected: dict[str, int] = {}

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """What the SMTP server calls for a message."""
        message_id = str(email.message_from_bytes(envelope.content)["Message-ID"])
        for recipient in envelope.rcpt_tos:
            self._arrived[recipient.split("@")[0]].add(message_id)
        return "250 OK"

    def expect(self, name: str, messages: int) -> None:
        """Say how many messages a person is to get."""
        self._expected[name] = messages

    async def wait_for(self, name: str) -> set[str]:
        """The messages of a person, after waiting a while for those that are expected."""
        for _ in range(PATIENCE_SECONDS * 10):
            if len(self._arrived[name]) >= self._expected.get(name, 0):
                break
            await asyncio.sleep(0.1)
        return self._arrived[name]
