"""Sends commands as a careful client does: a key of its own, again when the answer is lost."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import httpx
from history import Entry, History, Outcome

OVERLOADED = 429
STILL_RUNNING = 409


class Caller:
    """A signed-in person who writes down every answer."""

    def __init__(self, url: str, token: str, history: History, rng: random.Random) -> None:
        self._http = httpx.AsyncClient(
            base_url=f"{url}/api/v1",
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(6, connect=2),
        )
        self._history, self._rng = history, rng

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.aclose()

    async def send(
        self,
        op: str,
        path: str,
        body: Mapping[str, Any],
        *,
        method: str = "POST",
        about: str = "",
        tries: int = 8,
    ) -> Entry:
        """Send a command until its outcome is known, or sometimes give up early."""
        key, limit = str(uuid4()), self._rng.choice([1, tries, tries, tries])
        status, answer, outcome = 0, {}, _unknown()
        for number in range(1, limit + 1):
            status, answer = await self._once(method, path, body, key)
            outcome = _outcome(status, answer)
            if outcome != "unknown":
                break
            await asyncio.sleep(0.2 * number)
        entry = Entry(op, key, dict(body), outcome, status, answer, about, number)
        self._history.add(entry)
        return entry

    async def get(self, path: str, *, patience: float = 90, **query: Any) -> Any:
        """Ask until there is an answer; a question may always be asked again."""
        end = asyncio.get_running_loop().time() + patience
        while True:
            status, answer = await self._once("GET", path, None, None, query)
            if _outcome(status, answer) != "unknown":
                return answer if status < 400 else None  # HTTP
            if asyncio.get_running_loop().time() > end:
                raise TimeoutError(f"{path} gave no answer: {status} {answer}")
            await asyncio.sleep(0.2)

    async def _once(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        key: str | None,
        query: Mapping[str, Any] | None = None,
    ) -> tuple[int, dict[str, Any]]:
        headers = {"Idempotency-Key": key} if key else {}
        try:
            answer = await self._http.request(
                method, path, json=body, headers=headers, params=query
            )
            return answer.status_code, answer.json()
        except (httpx.HTTPError, ValueError):
            return 0, {}


def _unknown() -> Outcome:
    return "unknown"


def _outcome(status: int, answer: Mapping[str, Any]) -> Outcome:
    if 200 <= status < 300:  # HTTP
        return "done"
    running = status == STILL_RUNNING and answer.get("code") == "request.still-running"
    if status in (0, OVERLOADED) or status >= 500 or running:  # HTTP
        return "unknown"
    return "refused"
