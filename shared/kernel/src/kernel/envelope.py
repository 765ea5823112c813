"""The envelope of an event: CloudEvents 1.0 in binary mode, as headers of a NATS message.

What the event log keeps becomes a subject, a block of headers and a body; a subscriber reads
them back. The block is written as text in one go, because the relay writes tens of thousands of
them in a second, and a dictionary per message would cost it half of that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol, TypeVar
from urllib.parse import quote, unquote
from uuid import UUID

from pydantic import ValidationError
from pydantic_core import from_json

from kernel.events import Event, Received

E = TypeVar("E", bound=Event)

TYPE_PREFIX = "mx.gerencia."
HEAD = "Gerencia-Head"
"""On a message sent again out of its turn: how far the log had been published by then."""
MAX_EVENT_BYTES = 1_000_000
"""A larger body is refused when it is announced: the broker would never take it."""

_PLAIN = re.compile(r"[!#-$&-~]*")  # printable ASCII but for space, quote and percent
_TOKEN = re.compile(r"[!#-$&-)+-\-/-=?-~]+")  # and without what a subject gives a meaning: . * >
_SAFE = "!#$&'()*+,/:;=?@[]^`{|}~\\<>"


class Unreadable(Exception):
    """A message is not an event of this contract; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def source_of(site: str, service: str) -> str:
    """The CloudEvents source: whose log it is.

    >>> source_of("hub", "billing")
    '/sites/hub/billing'
    """
    return f"/sites/{site}/{service}"


def encoded(value: str) -> str:
    """A header's value: printable ASCII, everything else percent-encoded.

    >>> encoded("Peña & Co")
    'Pe%C3%B1a%20&%20Co'
    """
    return value if _PLAIN.fullmatch(value) else quote(value, safe=_SAFE)


def token(value: str) -> str:
    """One token of a subject; whatever would end it or widen it is percent-encoded.

    >>> token("A.7 *")
    'A%2E7%20%2A'
    """
    assert value, "a token of a subject is never empty"
    if _TOKEN.fullmatch(value):
        return value
    return quote(value, safe="").replace(".", "%2E")


def subject_of(site: str, unit: str, type_: str, entity: str) -> str:
    """Where an event is published.

    >>> subject_of("hub", "mty", "billing.order-held.v1", "77")
    'evt.hub.mty.billing.order-held.v1.77'
    """
    return f"evt.{site}.{token(unit)}.{type_}.{token(entity)}"


def message_id(source: str, event: UUID) -> str:
    """What the broker tells duplicates by: the source too, for it compares over a whole stream."""
    return f"{source}/{event}"


@lru_cache(maxsize=256)  # the rows of one transaction have the same
def instant(moment: datetime) -> str:
    """RFC 3339 in UTC, with a Z.

    >>> from datetime import UTC
    >>> instant(datetime(2026, 3, 2, 10, 15, tzinfo=UTC))
    '2026-03-02T10:15:00Z'
    """
    return moment.isoformat().replace("+00:00", "Z")


class Row(Protocol):
    """A row of `event_log`, by column."""

    def __getitem__(self, column: str, /) -> Any: ...


def head(row: Row, source: str, logid: UUID) -> str:
    """The headers of a row of the event log, one `name: value` per line."""
    position = row["position"]
    placed = "" if position is None else f"ce-position: {position}\r\n"
    return (
        f"ce-specversion: 1.0\r\nce-id: {row['id']}\r\nce-source: {source}\r\n"
        f"ce-type: {TYPE_PREFIX}{row['type']}\r\nce-subject: {encoded(row['entity'])}\r\n"
        f"ce-time: {instant(row['occurred_at'])}\r\n"
        f"ce-recordedtime: {instant(row['recorded_at'])}\r\n"
        f"ce-sequence: {row['sequence']}\r\nce-logid: {logid}\r\n"
        f"content-type: application/json\r\n{_lines(row['headers'])}{placed}"
    )


@lru_cache(maxsize=256)  # the rows of one transaction have the same
def _lines(headers: str) -> str:
    """What the announcement said of where it comes from."""
    return "".join([f"{name}: {encoded(value)}\r\n" for name, value in from_json(headers).items()])


def headers_of(head: str) -> dict[str, str]:
    r"""A block of headers as a mapping, as a subscriber gets it.

    >>> headers_of("ce-id: 7\r\nce-origin: live\r\n")
    {'ce-id': '7', 'ce-origin': 'live'}
    """
    pairs = (line.partition(": ") for line in head.split("\r\n") if line)
    return {name: value for name, _, value in pairs}


def payload(body: str, personal: str | None) -> str:
    """The body on the wire: what the log keeps apart, so that it can be erased, is put back.

    >>> payload('{"unit":"mty"}', '{"name":"Ana"}')
    '{"unit":"mty","personal":{"name":"Ana"}}'
    """
    if personal is None:
        return body
    return f'{body[:-1]},"personal":{personal}}}'


def read(contract: type[E], headers: Mapping[str, str], body: bytes) -> Received[E]:
    """An event as its subscriber gets it.

    Raises:
        Unreadable: an attribute is missing or malformed, or the body breaks the contract.
    """
    try:
        values = {name: _decoded(value) for name, value in headers.items()}
        return _received(contract.model_validate_json(body), values)
    except KeyError as missing:
        raise Unreadable(f"header {missing} is missing") from missing
    except ValidationError as wrong:
        raise Unreadable(f"the body breaks {contract.type}: {wrong}") from wrong
    except ValueError as wrong:
        raise Unreadable(f"a header is malformed: {wrong}") from wrong


def _received(event: E, headers: dict[str, str]) -> Received[E]:
    position = headers.get("ce-position")
    origin = headers["ce-origin"]
    if origin not in ("live", "import"):
        raise ValueError(f"ce-origin {origin!r}")
    return Received(
        event=event,
        id=UUID(headers["ce-id"]),
        source=headers["ce-source"],
        sequence=int(headers["ce-sequence"]),
        position=None if position is None else int(position),
        logid=UUID(headers["ce-logid"]),
        origin="import" if origin == "import" else "live",
        occurred_at=datetime.fromisoformat(headers["ce-time"]),
        recorded_at=datetime.fromisoformat(headers["ce-recordedtime"]),
        correlation=UUID(headers["ce-correlationid"]),
        causation=_uuid(headers.get("ce-causationid")),
        person=_uuid(headers.get("ce-person")),
        headers=headers,
    )


def _uuid(value: str | None) -> UUID | None:
    return None if value is None else UUID(value)


def _decoded(value: str) -> str:
    return unquote(value) if "%" in value else value
