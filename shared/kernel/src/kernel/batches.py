"""Publishing into a stream: many messages at one sync of the broker's disk, all or none.

Every publication says which message it expects to be the stream's last. So a relay that was
deposed without noticing is refused by the broker itself, and a batch sent twice is stored once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from uuid import UUID, uuid4

from nats.aio.client import Client
from nats.errors import ConnectionReconnectingError
from pydantic_core import from_json

from kernel.envelope import Row, head, headers_of, message_id, payload, subject_of

BATCH_BYTES = 1_000_000
SECONDS = 2.0
"""How long an acknowledgement is waited for; after that the outcome is unknown."""

_SEEN_BEFORE = 10201
_NOT_THE_LAST = 10071


class Outgoing(NamedTuple):
    """An event ready to go."""

    position: int
    id: str
    """The broker tells duplicates by it."""
    subject: str
    head: str
    body: bytes


class Ack(NamedTuple):
    """The broker has it on disk."""

    sequence: int
    duplicate: bool = False


class Refused(Exception):
    """The broker said no; nothing of it was stored."""


class SeenBefore(Refused):
    """The batch has a message whose id the broker remembers, so it took none of it."""


class NotTheLast(Refused):
    """The stream's last message is another than was expected: somebody else published."""


class Pack:
    """Makes a row of one log ready to go."""

    def __init__(self, site: str, source: str, logid: UUID) -> None:
        self.logid = logid
        self._site, self._source = site, source

    def __call__(self, row: Row) -> Outgoing:
        """The row as a message of the stream."""
        return Outgoing(
            row["position"],
            message_id(self._source, row["id"]),
            self.subject(row),
            head(row, self._source, self.logid),
            payload(row["body"], row["personal"]).encode(),
        )

    def subject(self, row: Row) -> str:
        """Where the row is published."""
        return subject_of(self._site, row["unit"], row["type"], row["entity"])


def chunks(messages: Iterable[Outgoing]) -> Iterator[list[Outgoing]]:
    """Batches that are not larger than the broker likes; a larger message goes alone."""
    chunk: list[Outgoing] = []
    size = 0
    for message in messages:
        bytes_ = len(message.head) + len(message.body)
        if chunk and size + bytes_ > BATCH_BYTES:
            yield chunk
            chunk, size = [], 0
        chunk.append(message)
        size += bytes_
    if chunk:
        yield chunk


async def publish(nats: Client, messages: Sequence[Outgoing], expected: int | None) -> Ack:
    """Publish them all, or none; returns when they are on the broker's disk.

    `expected` is the sequence of the stream's last message; None is for what is sent again out of
    its turn.

    Raises:
        Refused: none was stored.
        nats.errors.TimeoutError: nobody knows.
    """
    if not nats.is_connected:
        raise ConnectionReconnectingError  # do not fill the client's buffer for later
    if len(messages) == 1:
        return await _request(nats, messages[0], _expecting(expected))
    batch = uuid4().hex
    fence = "".join([f"{name}: {value}\r\n" for name, value in _expecting(expected).items()])
    await nats._send_command(b"".join(_lines(messages[:-1], batch, fence)))  # noqa: SLF001
    nth = str(len(messages))
    ends = {"Nats-Batch-Id": batch, "Nats-Batch-Sequence": nth, "Nats-Batch-Commit": "1"}
    return await _request(nats, messages[-1], ends)


def _expecting(sequence: int | None) -> dict[str, str]:
    """The fence: the broker refuses what does not follow this message."""
    return {} if sequence is None else {"Nats-Expected-Last-Sequence": str(sequence)}


def _lines(messages: Sequence[Outgoing], batch: str, fence: str) -> list[bytes]:
    """All but the last of a batch, as they go over the wire.

    The client's own `publish` builds a dictionary, then checks and encodes each header again; that
    is twice the time of everything else the relay does for a message.
    """
    parts: list[bytes] = []
    for nth, message in enumerate(messages, 1):
        head = (
            f"NATS/1.0\r\n{message.head}Nats-Msg-Id: {message.id}\r\n{fence}"
            f"Nats-Batch-Id: {batch}\r\nNats-Batch-Sequence: {nth}\r\n\r\n"
        )
        size = len(head)  # headers are ASCII: the envelope percent-encodes them
        line = f"HPUB {message.subject} {size} {size + len(message.body)}\r\n{head}"
        parts += (line.encode("ascii"), message.body, b"\r\n")
        fence = ""  # only the first of a batch may say it
    return parts


async def _request(nats: Client, message: Outgoing, more: dict[str, str]) -> Ack:
    headers = headers_of(message.head) | {"Nats-Msg-Id": message.id} | more
    reply = await nats.request(message.subject, message.body, timeout=SECONDS, headers=headers)
    answer = from_json(reply.data)
    if error := answer.get("error"):
        raise _refusal(error)
    return Ack(answer["seq"], answer.get("duplicate", False))


def _refusal(error: dict[str, object]) -> Refused:
    kinds = {_SEEN_BEFORE: SeenBefore, _NOT_THE_LAST: NotTheLast}
    code = error.get("err_code")
    kind = kinds.get(code, Refused) if isinstance(code, int) else Refused
    return kind(f"{error.get('description')} ({code})")
