"""Messages of a durable consumer, each the moment it is there.

Not the fetch of nats-py, and not FastStream's pull subscriber, which is built on it. Both are
quick enough (a waiting fetch of 200 hands over a lone message after 1.6 ms, one message at a time
about 2,000/s), but they hide what a follower has to hear: that the consumer was deleted, that the
broker is silent, that the connection was made anew. Here one request for many stays open, the
broker sends what it has at once, and whatever lies here when the last batch is done is the next.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from nats.errors import Error as NatsError

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg

EXPIRES_SECONDS = 5.0
SILENCE_SECONDS = 8.0
TICK_SECONDS = 1.0
ACK_SECONDS = 0.1
OPEN = 400
"""Messages asked for at a time; asked again when fewer than half of them are still to come."""


class ConsumerLost(Exception):
    """The consumer or its stream is not there any more, or the broker does not speak of it."""


class Puller:
    """An open request for messages: `async with Puller(...) as puller: await puller.batch(200)`."""

    def __init__(self, nats: Client, stream: str, consumer: str) -> None:
        self._nats = nats
        self._subject = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"
        self._inbox = nats.new_inbox()
        self._here: deque[Msg] = deque()
        self._news = asyncio.Event()
        self._to_come = 0
        self._heard = 0.0
        self._connections = self._nats.stats["reconnects"]
        self._lost: str | None = None

    async def __aenter__(self) -> Self:
        self._subscription = await self._nats.subscribe(
            self._inbox, cb=self._arrived, pending_msgs_limit=-1, pending_bytes_limit=-1
        )
        self._heard = _now()
        return self

    async def __aexit__(self, *_: object) -> None:
        if not self._nats.is_closed:
            await self._subscription.unsubscribe()

    def wake(self) -> None:
        """Let a waiting `batch` return, with nothing if there is nothing."""
        self._news.set()

    async def batch(self, limit: int) -> list[Msg]:
        """What is here, or will be within a second; at most `limit` messages.

        Raises:
            ConsumerLost: there is no such consumer, or nothing was heard of it for too long.
        """
        await self._ask()
        if not self._here:
            await self._wait()
        if self._lost and not self._here:
            raise ConsumerLost(self._lost)
        return [self._here.popleft() for _ in range(min(limit, len(self._here)))]

    async def _wait(self) -> None:
        self._news.clear()
        try:
            async with asyncio.timeout(TICK_SECONDS):
                await self._news.wait()
        except TimeoutError:
            if self._nats.is_connected and _now() - self._heard > SILENCE_SECONDS:
                self._lost = "the broker is silent"

    async def _ask(self) -> None:
        if self._connections != self._nats.stats["reconnects"]:
            self._connections = self._nats.stats["reconnects"]
            self._to_come = 0  # the broker forgot the request with the old connection
            self._heard = _now()
        if self._nats.is_connected and self._to_come + len(self._here) < OPEN // 2:
            request = {"batch": OPEN, "expires": int(EXPIRES_SECONDS * 1e9)}
            self._to_come += OPEN
            await self._nats.publish(self._subject, json.dumps(request).encode(), self._inbox)

    async def _arrived(self, message: Msg) -> None:
        self._heard = _now()
        status = (message.headers or {}).get("Status") if not message.data else None
        if status is None:
            self._to_come -= 1
            self._here.append(message)
            self._news.set()
        else:
            self._told(status, message.headers or {})

    def _told(self, status: str, headers: dict[str, Any]) -> None:
        """The end of a request: its time was over, or there is nobody to answer it."""
        left = headers.get("Nats-Pending-Messages")
        self._to_come = max(0, self._to_come - int(left)) if left else 0
        what = str(headers.get("Description", "")).lower()
        ended = status in ("404", "408") or (status == "409" and "deleted" not in what)
        if not ended:
            self._lost = f"{status} {what}".strip()
        self._news.set()  # to ask again at once: without an open request messages would wait


class Acks:
    """Acknowledges the last message of what was committed, a few times a second.

    The broker writes each acknowledgement to its disk. One that is lost brings its messages once
    more, and the inbox knows them.
    """

    def __init__(self) -> None:
        self._due: Msg | None = None
        self._timer: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()
            await asyncio.wait([self._timer])
        await self._send()

    def later(self, message: Msg) -> None:
        """Acknowledge this message, and all before it, in a moment."""
        self._due = message
        if self._timer is None or self._timer.done():
            self._timer = asyncio.create_task(self._in_a_moment())

    async def _in_a_moment(self) -> None:
        await asyncio.sleep(ACK_SECONDS)
        await self._send()

    async def _send(self) -> None:
        due, self._due = self._due, None
        if due is not None:
            with suppress(NatsError):  # the broker is away: they come again
                await due.ack()


def _now() -> float:
    return asyncio.get_running_loop().time()
