"""The stream of a service's events: its declaration, and what can be asked of it.

A stream has one owner, the service whose events it carries; that service's relay declares it,
and makes it again when it is lost. The broker must put every acknowledged message on the disk:
with its default of two minutes a power cut loses what was acknowledged, so a service asks the
broker how it is set up and refuses to start on one that may forget.
"""

from __future__ import annotations

import asyncio
import json
import urllib.request
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin

from nats.aio.client import Client
from nats.js.api import ConsumerConfig, StorageType, StreamConfig, StreamInfo
from nats.js.errors import BadRequestError, NotFoundError

DUPLICATE_WINDOW = timedelta(minutes=2)
KEPT = timedelta(days=30)
"""How long a stream keeps its messages; the event log keeps them for ever."""

_NAME_IN_USE = 10058


class BrokerMayForget(Exception):
    """The broker acknowledges messages before they are on its disk."""


@dataclass(frozen=True, slots=True)
class StreamState:
    """How far a stream is, and which one it is: one made again has another `made`."""

    made: str
    messages: int
    last: int


def stream_name(site: str, service: str) -> str:
    """The stream that carries a service's events of one site.

    >>> stream_name("hub", "billing")
    'evt-hub-billing'
    """
    return f"evt-{site}-{service}"


class Stream:
    """A service's own stream."""

    def __init__(
        self, nats: Client, site: str, service: str, *, kept: timedelta = KEPT, replicas: int = 1
    ) -> None:
        self.name = stream_name(site, service)
        self.kept = kept
        self._subject = f"evt.{site}.*.{service}.>"
        self._config = StreamConfig(
            name=self.name,
            subjects=[self._subject],
            storage=StorageType.FILE,
            num_replicas=replicas,
            max_age=kept.total_seconds(),
            duplicate_window=DUPLICATE_WINDOW.total_seconds(),
            allow_atomic=True,
            allow_direct=True,
        )
        self._broker = nats.jetstream(timeout=2)

    async def declare(self) -> StreamState:
        """Make the stream, or bring the one that is there to this configuration."""
        try:
            info = await self._broker.add_stream(self._config)
        except BadRequestError as refused:
            if refused.err_code != _NAME_IN_USE:
                raise
            info = await self._broker.update_stream(self._config)
        return _state(info)

    async def state(self) -> StreamState:
        """How far it is; made, if it is not there."""
        try:
            return _state(await self._broker.stream_info(self.name))
        except NotFoundError:
            return await self.declare()

    async def headers_at(self, sequence: int) -> Mapping[str, str] | None:
        """The headers of the message with this sequence in the stream; None when it is gone."""
        return await self._headers(seq=sequence)

    async def last_headers_on(self, subject: str) -> Mapping[str, str] | None:
        """The headers of the last message on a subject; None when there is none."""
        return await self._headers(subject=subject)

    async def read(self) -> AsyncIterator[Mapping[str, str]]:
        """The headers of every message it has now, from the oldest to the newest."""
        state = await self.state()
        if not state.messages:
            return
        subscription = await self._broker.subscribe(
            self._subject, ordered_consumer=True, config=ConsumerConfig(headers_only=True)
        )
        try:
            pending = 1
            while pending:
                message = await subscription.next_msg(timeout=5)
                yield message.headers or {}
                pending = message.metadata.num_pending
                if message.metadata.sequence.stream >= state.last:
                    return
        finally:
            await subscription.unsubscribe()

    async def _headers(self, **which: Any) -> Mapping[str, str] | None:
        try:
            message = await self._broker.get_msg(self.name, **which)
        except NotFoundError:
            return None
        return message.headers or {}


def _state(info: StreamInfo) -> StreamState:
    return StreamState(str(info.created), info.state.messages, info.state.last_seq)


async def require_synced_broker(monitoring_url: str | None) -> None:
    """See that the broker runs with `sync_interval: always`.

    Raises:
        BrokerMayForget: it does not, or it cannot be asked.
    """
    if monitoring_url is None:
        raise BrokerMayForget("GERENCIA_NATS_MONITORING_URL is not set: the broker cannot be asked")
    setup = await asyncio.to_thread(_jetstream_setup, monitoring_url)
    if not setup.get("sync_always"):
        raise BrokerMayForget("the broker runs without `sync_interval: always` in its jetstream {}")


def _jetstream_setup(monitoring_url: str) -> dict[str, Any]:
    address = urljoin(monitoring_url, "/jsz?config=true")
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - our own setting
            found: dict[str, Any] = json.load(answer).get("config", {})
            return found
    except OSError as unreachable:
        raise BrokerMayForget(f"{address} does not answer: {unreachable}") from unreachable
