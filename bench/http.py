"""A lean HTTP client: on two cores the one that measures must not be the bottleneck."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Self
from urllib.parse import urlsplit


class Connection:
    """One kept-alive connection of one signed-in client; one request at a time."""

    def __init__(self, url: str, token: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._head = (
            f"Host: {parts.netloc}\r\nAuthorization: Bearer {token}\r\n"
            "Content-Type: application/json\r\n"
        )

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()

    async def request(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, key: str = ""
    ) -> tuple[int, bytes]:
        """Send a request under `/api/v1` and return status and body."""
        content = b"" if body is None else json.dumps(body).encode()
        keyed = f"Idempotency-Key: {key}\r\n" if key else ""
        self._writer.write(
            f"{method} /api/v1{path} HTTP/1.1\r\n{self._head}{keyed}"
            f"Content-Length: {len(content)}\r\n\r\n".encode()
            + content
        )
        return await self._answer()

    async def lines(self, path: str) -> asyncio.StreamReader:
        """Open a stream of events and hand over its reader."""
        self._writer.write(
            f"GET /api/v1{path} HTTP/1.1\r\n{self._head}Accept: text/event-stream\r\n\r\n".encode()
        )
        await self._reader.readuntil(b"\r\n\r\n")
        return self._reader

    async def _answer(self) -> tuple[int, bytes]:
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status = int(head.split(" ", 2)[1])
        for line in head.split("\r\n"):
            name, _, value = line.partition(":")
            if name.lower() == "content-length":
                return status, await self._reader.readexactly(int(value))
        return status, await self._chunks()

    async def _chunks(self) -> bytes:
        body = b""
        while size := int(await self._reader.readuntil(b"\r\n"), 16):
            body += (await self._reader.readexactly(size + 2))[:-2]
        await self._reader.readexactly(2)
        return body
