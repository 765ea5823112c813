"""Asking the gateway, each time in the same words and under the same key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gerencia.connection import answer

if TYPE_CHECKING:
    import httpx

LONGEST_KEY = 200


class Asking:
    """A client of the gateway whose commands count once, however often they are sent."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    @contextmanager
    def acting_as(self, username: str) -> Iterator[None]:
        """Ask as another user, by a token that is taken back."""
        given = answer(
            self.http.post("/api/v1/tokens", json={"name": "demo", "days": 1, "user": username})
        )
        ours = self.http.headers["Authorization"]
        self.http.headers["Authorization"] = f"Bearer {given['token']}"
        try:
            yield
        finally:
            self.http.delete(f"/api/v1/tokens/{given['id']}")
            self.http.headers["Authorization"] = ours

    def get(self, path: str, query: dict[str, Any] | None = None) -> Any:
        """The answer to a question."""
        return answer(self.http.get(f"/api/v1/{path}", params=query))

    def put(self, path: str, body: dict[str, Any], key: str | None = None) -> Any:
        """Say what is so; with a key only the first time counts."""
        headers = {} if key is None else _keyed(path, key)
        return answer(self.http.put(f"/api/v1/{path}", json=body, headers=headers))

    def post(self, path: str, key: str, body: dict[str, Any]) -> Any:
        """Have something done once."""
        headers = _keyed(path, key)
        return answer(self.http.post(f"/api/v1/{path}", json=body, headers=headers))

    def upload(self, unit: str, name: str, content: str, media_type: str) -> str:
        """Keep a file of a unit; the same content has the same reference."""
        sent = self.http.post(
            "/api/v1/files",
            params={"unit": unit, "name": name},
            content=content.encode(),
            headers={"Content-Type": media_type},
        )
        return str(answer(sent)["file"])

    def settle(self) -> None:
        """Wait until every service has heard what the others did."""
        self.get("admin/settled", {"timeout": 60})


def mxn(amount: object) -> dict[str, str]:
    """An amount in pesos as it is written on the wire."""
    return {"amount": f"{amount:.2f}", "currency": "MXN"}


def _keyed(path: str, key: str) -> dict[str, str]:
    return {"Idempotency-Key": f"demo/{path}/{key}"[:LONGEST_KEY]}
