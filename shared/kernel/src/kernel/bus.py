"""The connection to the broker: FastStream's, kept for as long as the program lives."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from kernel import metrics
from kernel.logs import logger

if TYPE_CHECKING:
    from faststream.nats import NatsBroker, NatsMessage
    from nats.aio.client import Client

    from kernel.answering import Answering

RECONNECT_SECONDS = 0.25
GRACE_SECONDS = 4.0
WORKERS = 300
"""More than may stand in line, so that who is too many is told so at once."""
PENDING_BYTES = 32 * 1024 * 1024

log = logger("kernel.bus")


def broker(url: str, name: str) -> NatsBroker:
    """A broker that reconnects for ever and says what the server complains of.

    By default a client gives up after two minutes and then spins or falls silent, and a denied
    publish is only a timeout: its reason is told to the error callback.
    """
    from faststream.nats import NatsBroker

    return NatsBroker(
        url,
        name=name,
        apply_types=False,
        logger=None,
        max_reconnect_attempts=-1,
        reconnect_time_wait=RECONNECT_SECONDS,  # type: ignore[arg-type]
        connect_timeout=2,
        ping_interval=5,
        max_outstanding_pings=2,
        pending_size=PENDING_BYTES,
        graceful_timeout=GRACE_SECONDS,
        error_cb=_complained,
        disconnected_cb=_disconnected,
        reconnected_cb=_reconnected,
    )


async def connected(broker: NatsBroker) -> Client:
    """The connection, as soon as the server answers."""
    client: Client = await broker.connect()
    metrics.BROKER_CONNECTED.set(1)
    return client


def answer_requests(broker: NatsBroker, site: str, answering: Answering) -> None:
    """Let the broker hand every request of a service to its door; call it before `start`."""
    prefix = f"rpc.{site}.{answering.service}."

    @broker.subscriber(
        f"{prefix}>",
        queue=answering.service,
        max_workers=WORKERS,
        no_reply=True,
        decoder=_as_it_is,
    )
    async def door(message: NatsMessage) -> None:
        raw = message.raw_message
        assert not isinstance(raw, list)
        told = {name: str(value) for name, value in (raw.headers or {}).items()}
        reply = await answering.answer(raw.subject.removeprefix(prefix), told, raw.data)
        if raw.reply:
            client = await broker.connect()
            await client.publish(raw.reply, reply.body, headers=reply.headers())


async def stop_answering(broker: NatsBroker) -> None:
    """Take no more requests and answer those that are here.

    The server is told first: FastStream by itself would drop what arrives while it waits.
    """
    for subscriber in broker.subscribers:
        subscription = getattr(subscriber, "subscription", None)
        if subscription is not None and not subscription._conn.is_closed:  # noqa: SLF001
            with suppress(Exception):  # the broker is away: nothing arrives either
                async with asyncio.timeout(1):
                    await subscription.drain()
        subscriber.subscription = None  # type: ignore[attr-defined]
        await subscriber.stop()


async def _as_it_is(message: Any, _original: Callable[[Any], Awaitable[Any]]) -> Any:
    """Leave the bytes to the contract; FastStream would read them a first time for nothing."""
    return message


async def _complained(error: Exception) -> None:
    if not isinstance(error, ConnectionRefusedError | asyncio.TimeoutError):
        log.warning("the broker complains", error=repr(error))


async def _disconnected() -> None:
    metrics.BROKER_CONNECTED.set(0)
    log.warning("the broker is away")


async def _reconnected() -> None:
    metrics.BROKER_CONNECTED.set(1)
    log.info("the broker is back")
