"""`gerencia dun` asks for a run and waits for its end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
import typer
from typer.testing import CliRunner

from gerencia import connection, dunning
from gerencia.installation import GerenciaError

RUN = {
    "run": "r-1", "company": "acme", "as_of": "2026-03-31", "state": "running", "items": 0,
    "letters": 0, "charges": 0, "asked_by": "somebody",
}  # fmt: skip


@pytest.fixture
def bodies(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """A gateway whose run is done at the second look; what it was asked for."""
    asked: list[dict[str, object]] = []
    looks = iter([RUN, RUN | {"state": "done", "items": 7}])
    companies = [["acme", "Acme"]]

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            asked.append(json.loads(request.content))
            return httpx.Response(202, json=RUN)
        if request.url.path.endswith("/companies"):
            return httpx.Response(200, json={"rows": companies})
        return httpx.Response(200, json=next(looks))

    @contextmanager
    def gateway(timeout: float = 60) -> Iterator[httpx.Client]:
        with httpx.Client(base_url="http://g", transport=httpx.MockTransport(answer)) as http:
            yield http

    monkeypatch.setattr(connection, "gateway", gateway)
    monkeypatch.setattr(dunning, "LOOK_EVERY_SECONDS", 0)
    return asked


def dun(*arguments: str) -> str:
    app = typer.Typer()
    app.command()(dunning.dun)
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_it_waits_until_the_run_is_done(bodies: list[dict[str, object]]) -> None:
    [told] = json.loads(dun("--as-of", "2026-03-31", "--format", "json"))
    assert (told["state"], told["items"]) == ("done", 7)
    assert bodies == [{"company": "acme", "imported": False, "as_of": "2026-03-31"}]


def test_history_is_reminded_only_when_it_is_asked_for(bodies: list[dict[str, object]]) -> None:
    dun("--company", "other", "--imported")
    assert bodies == [{"company": "other", "imported": True}]


def test_several_companies_are_named() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"rows": [["acme", "Acme"], ["otra", "Otra"]]})

    with (
        httpx.Client(base_url="http://g", transport=httpx.MockTransport(answer)) as http,
        pytest.raises(GerenciaError, match="acme, otra"),
    ):
        dunning._only_company(http)
