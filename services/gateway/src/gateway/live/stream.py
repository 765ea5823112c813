"""One open page's stream of news (server-sent events)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import orjson

from gateway.live.rules import News, may_see
from kernel.problems import Refusal

if TYPE_CHECKING:
    from gateway.live.hub import Hub, Page
    from kernel.scope import Principal

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
KnownStill = Callable[[], Awaitable["Principal"]]

HEARTBEAT_SECONDS = 15.0
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
RESET = b"event: reset\ndata: {}\n\n"
HEARTBEAT = b": still here\n\n"


class Stream:
    """The response: ends when the page goes, when its session does, or when it is too slow.

    Args:
        resume: the number of the last news the page saw, if it was here before.
        known_still: asked at every heartbeat; refuses when the session has ended.
    """

    def __init__(
        self,
        hub: Hub,
        who: Principal,
        resume: str | None,
        known_still: KnownStill,
        heartbeat: float | None = None,
    ) -> None:
        self.hub = hub
        self.who = who
        self.resume = resume
        self.known_still = known_still
        self.heartbeat = heartbeat or HEARTBEAT_SECONDS

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Send until one of the ends comes."""
        beginning = self._beginning()  # nothing is awaited between this and the page's queue
        async with self.hub.page(self.who) as page:
            ends = [
                asyncio.create_task(self._send_all(page, beginning, send)),
                asyncio.create_task(_gone(receive)),
                asyncio.create_task(page.dropped.wait()),
            ]
            _, running = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for task in running:
                task.cancel()
            await asyncio.gather(*ends, return_exceptions=True)
        with suppress(Exception, asyncio.TimeoutError):
            async with asyncio.timeout(1):  # whoever does not read is not waited for
                await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_all(self, page: Page, beginning: bytes, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": list(HEADERS)})
        await _body(send, beginning)
        with suppress(Refusal):  # the session has ended, and so does the stream
            while True:
                await _body(send, await self._next(page))

    async def _next(self, page: Page) -> bytes:
        """The next news, or a sign of life when there was none for a while."""
        try:
            async with asyncio.timeout(self.heartbeat):
                return event(*await page.waiting.get())
        except TimeoutError:
            page.who = await self.known_still()
            return HEARTBEAT

    def _beginning(self) -> bytes:
        """Where the page stands; with what it missed, or the word to ask for everything anew."""
        ring = self.hub.ring
        here = f"retry: 2000\nid: {ring.name(ring.last)}\nevent: ready\ndata: {{}}\n\n".encode()
        if self.resume is None:
            return here
        if not ring.knows(self.resume):
            return here + RESET
        missed = [(name, news) for name, news in ring.since(self.resume) if may_see(news, self.who)]
        return b"".join(event(name, news) for name, news in missed) + here


async def _body(send: Send, piece: bytes) -> None:
    await send({"type": "http.response.body", "body": piece, "more_body": True})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def event(number: str, news: News) -> bytes:
    """News as a server-sent event."""
    data = orjson.dumps(
        {
            "event": news.id,
            "type": news.type,
            "unit": news.unit,
            "entity": news.entity,
            "at": news.at,
            **news.about,
        }
    )
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (number.encode(), news.fact.encode(), data)
