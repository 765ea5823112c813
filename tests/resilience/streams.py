"""Reads what the services told, from the broker itself."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import unquote

import nats
from nats.js.api import ConsumerConfig, DeliverPolicy

INJECTED = "Test-Injected"


@dataclass(frozen=True)
class Told:
    """An event as it lies in a stream: its type without our name before it, and its body."""

    stream: str
    subject: str
    type: str
    id: str
    entity: str
    sequence: int
    position: int
    logid: str
    origin: str
    body: dict[str, Any]


async def read_all(url: str) -> list[Told]:
    """Every event of every stream in the order of the streams, foreign messages left out."""
    connection = await nats.connect(url)
    try:
        js = connection.jetstream()
        names = sorted(info.config.name for info in await js.streams_info())
        return [told for name in names for told in await _read(js, name)]
    finally:
        await connection.close()


async def read_addressees(url: str) -> dict[str, list[tuple[str, str]]]:
    """Of each durable consumer the streams and the subjects that it wants."""
    connection = await nats.connect(url)
    try:
        js = connection.jetstream()
        wanted: dict[str, list[tuple[str, str]]] = {}
        for stream in [str(info.config.name) for info in await js.streams_info()]:
            for consumer in await js.consumers_info(stream):
                if durable := consumer.config.durable_name:
                    subjects = consumer.config.filter_subjects or [consumer.config.filter_subject]
                    wanted.setdefault(durable, []).extend((stream, str(one)) for one in subjects)
        return wanted
    finally:
        await connection.close()


def matches(subject: str, wanted: str) -> bool:
    """Whether a subject is one of those that a filter with `*` wants.

    >>> matches("evt.hub.mty.billing.order-held.v1.7", "evt.hub.*.billing.order-held.*.*")
    True
    """
    return fnmatchcase(subject, wanted) and subject.count(".") == wanted.count(".")


async def _read(js: Any, stream: str) -> Sequence[Told]:
    info = await js.stream_info(stream)
    if not info.state.messages:
        return []
    config = ConsumerConfig(deliver_policy=DeliverPolicy.ALL, inactive_threshold=30)
    subscription = await js.subscribe(
        ">", stream=stream, ordered_consumer=True, config=config, pending_msgs_limit=-1
    )
    told: list[Told] = []
    while True:
        message = await subscription.next_msg(timeout=20)
        if not (message.headers or {}).get(INJECTED):
            told.append(_told(stream, message))
        if message.metadata.num_pending == 0:
            return told


def _told(stream: str, message: Any) -> Told:
    headers = {name.lower(): unquote(value) for name, value in message.headers.items()}
    return Told(
        stream=stream,
        subject=message.subject,
        type=headers["ce-type"].removeprefix("mx.gerencia."),
        id=headers["ce-id"],
        entity=headers["ce-subject"],
        sequence=int(headers["ce-sequence"]),
        position=int(headers["ce-position"]),
        logid=headers["ce-logid"],
        origin=headers["ce-origin"],
        body=json.loads(message.data),
    )
