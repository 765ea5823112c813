"""A view of several parts, each from a service that may be late or down.

All parts are asked for at the same time, and each is waited for only so long. A part that does
not come is shown as it was last seen, with its age, or as missing: never as zero. A required
part that does not come is the answer to the whole view.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from cachetools import TTLCache
from starlette.responses import Response

from kernel.clock import now
from kernel.operations import Question

if TYPE_CHECKING:
    from datetime import datetime

    from kernel.client import Client, Forwarded
    from kernel.scope import Principal

PATIENCE_SECONDS = 1.5
REMEMBER_SECONDS = 3600
REMEMBER_AT_MOST = 1000
REMEMBER_BYTES = 65_536
REFUSED = 400
AWAY = frozenset({500, 502, 503, 504})
"""The part may be there another time; any other refusal is an answer."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a view: what to ask, and how long to wait for it."""

    question: Question[Any]
    seconds: float = PATIENCE_SECONDS
    required: bool = False


@dataclass(frozen=True, slots=True)
class _Seen:
    body: bytes
    at: datetime


class Composer:
    """Puts views together, and remembers for a while what it last saw for whom."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._seen: TTLCache[object, _Seen] = TTLCache(REMEMBER_AT_MOST, REMEMBER_SECONDS)

    async def compose(
        self, who: Principal, parts: Mapping[str, Part], after: str | None = None
    ) -> Response:
        """The parts by name: each `present`, `old` or `missing`."""
        replies = await asyncio.gather(*(self._ask(part, who, after) for part in parts.values()))
        for part, reply in zip(parts.values(), replies, strict=True):
            if part.required and reply.status >= REFUSED:
                return Response(reply.body, reply.status, media_type="application/problem+json")
        view = {
            name: self._state(part, who, reply)
            for (name, part), reply in zip(parts.items(), replies, strict=True)
        }
        return Response(orjson.dumps(view), media_type="application/json")

    async def _ask(self, part: Part, who: Principal, after: str | None) -> Forwarded:
        service, _, name = part.question.operation.partition(".")
        body = part.question.model_dump_json(exclude_defaults=True).encode()
        return await self._client.forward(
            service, name, body, who, after=after, timeout=part.seconds
        )

    def _state(self, part: Part, who: Principal, reply: Forwarded) -> dict[str, Any]:
        key = (who.user, who.units, who.locale, type(part.question), part.question)
        moment = now()
        if reply.status < REFUSED:
            if len(reply.body) <= REMEMBER_BYTES:
                self._seen[key] = _Seen(reply.body, moment)
            return {"state": "present", "at": moment, "value": orjson.Fragment(reply.body)}
        reason = orjson.Fragment(reply.body)
        seen = self._seen.get(key) if reply.status in AWAY else None
        if seen is None:
            return {"state": "missing", "reason": reason}
        return {
            "state": "old",
            "at": seen.at,
            "age_seconds": round((moment - seen.at).total_seconds(), 1),
            "reason": reason,
            "value": orjson.Fragment(seen.body),
        }
