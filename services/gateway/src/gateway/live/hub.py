"""From the bus to the open pages.

The hub listens to the subjects themselves, not through a consumer of each stream: it needs
nothing stored, takes up by itself when the broker was away, and sees a relay's batch the moment
it is published. What it may miss or hear twice in such a moment is mended by the pages: after a
reconnection they are told to ask for everything again, and news heard twice is dropped here.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import orjson

from gateway.live.rules import News, Ring, about, is_news, may_see
from kernel.clock import now
from kernel.envelope import HEAD, TYPE_PREFIX
from kernel.ids import uuid7
from kernel.logs import logger

if TYPE_CHECKING:
    from nats.aio.client import Client as Nats
    from nats.aio.msg import Msg

    from kernel.scope import Principal

QUEUE = 256
"""A page that is so far behind is let go; it comes back and says what it saw last."""
HEARD = 4096

_log = logger("gateway.live")


class Page:
    """An open page: whose it is, and what waits to be sent to it."""

    def __init__(self, who: Principal) -> None:
        self.who = who
        self.waiting: asyncio.Queue[tuple[str, News]] = asyncio.Queue(QUEUE)
        self.dropped = asyncio.Event()

    def tell(self, number: str, news: News) -> None:
        """Put news in the page's queue, if they may see it."""
        if not may_see(news, self.who):
            return
        try:
            self.waiting.put_nowait((number, news))
        except asyncio.QueueFull:
            self.dropped.set()


class Hub:
    """Hears every event once, for all open pages of this process."""

    def __init__(self, nats: Nats, site: str) -> None:
        self.ring = Ring(uuid7().hex[:12])
        self._nats = nats
        self._site = site
        self._pages: set[Page] = set()
        self._heard: OrderedDict[str, None] = OrderedDict()
        self._reconnects = 0

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Listen while the block runs; at its end all pages are let go."""
        subscription = await self._nats.subscribe(f"evt.{self._site}.>", cb=self.hear)
        try:
            yield
        finally:
            self.close()
            await subscription.unsubscribe()

    @asynccontextmanager
    async def page(self, who: Principal) -> AsyncIterator[Page]:
        """An open page, while it is open."""
        page = Page(who)
        self._pages.add(page)
        try:
            yield page
        finally:
            self._pages.discard(page)

    def close(self) -> None:
        """Let all pages go; the process is about to end."""
        for page in self._pages:
            page.dropped.set()

    async def hear(self, message: Msg) -> None:
        """Tell an event to the pages that may see it."""
        if self._nats.stats["reconnects"] != self._reconnects:
            self._reconnects = self._nats.stats["reconnects"]
            self._begin_anew()
        headers = message.headers or {}
        if headers.get("ce-id") in self._heard or HEAD in headers:
            return
        try:
            news = self._read(message.subject, headers, message.data)
        except (KeyError, ValueError) as unreadable:
            _log.warning("not news", subject=message.subject, error=repr(unreadable))
            return
        if news is not None:
            self.tell(news)

    def tell(self, news: News) -> None:
        """Number the news, keep it, and give it to the open pages."""
        self._heard[news.id] = None
        if len(self._heard) > HEARD:
            self._heard.popitem(last=False)
        number = self.ring.add(news)
        for page in self._pages:
            page.tell(number, news)

    def _begin_anew(self) -> None:
        """We were away and may have missed something: nobody can resume from before."""
        self.ring = Ring(uuid7().hex[:12])
        self.close()

    def _read(self, subject: str, headers: Mapping[str, str], body: bytes) -> News | None:
        recorded_at = datetime.fromisoformat(headers["ce-recordedtime"])
        if not is_news(headers["ce-origin"], recorded_at, now()):
            return None
        fields: dict[str, Any] = orjson.loads(body)
        return News(
            id=headers["ce-id"],
            type=headers["ce-type"].removeprefix(TYPE_PREFIX),
            unit=unquote(subject.split(".")[2]),
            entity=unquote(headers["ce-subject"]),
            person=headers.get("ce-person") or _person(fields),
            at=headers["ce-time"],
            about=about(fields),
        )


def _person(fields: Mapping[str, Any]) -> str | None:
    person = fields.get("person")
    return person if isinstance(person, str) else None
