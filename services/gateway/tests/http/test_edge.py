from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from ..conftest import Gateway

MEBIBYTE = 1024 * 1024


async def test_every_answer_carries_the_security_headers(gateway: Gateway):
    async with gateway.client() as admin:
        answers = [await admin.get(path) for path in ("/", "/api/v1/me", "/nowhere")]
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
        assert "server" not in answer.headers


async def test_an_unknown_address_and_a_wrong_method_are_problems(gateway: Gateway):
    async with gateway.client(**{"Accept-Language": "en"}) as admin:
        nowhere = await admin.get("/api/v1/nowhere")
        wrong = await admin.delete("/api/v1/customers")
    assert nowhere.status_code == 404
    assert nowhere.json()["code"] == "request.unknown-address"
    assert wrong.status_code == 405
    assert wrong.json()["code"] == "request.method-not-allowed"
    assert "GET" in wrong.headers["allow"]
    assert nowhere.headers["content-type"] == wrong.headers["content-type"]
    assert nowhere.headers["content-type"] == "application/problem+json"


async def test_problems_speak_the_readers_language(gateway: Gateway):
    async with gateway.client("") as nobody:
        spanish = await nobody.get("/api/v1/me")
        english = await nobody.get("/api/v1/me", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert spanish.json()["title"] == "No ha iniciado sesión"
    assert english.json()["title"] == "You are not signed in"


async def test_a_body_beyond_the_limit_is_not_read(gateway: Gateway):
    async def pieces():
        for _ in range(40):
            yield b" " * 65_536

    async with gateway.client() as admin:
        declared = await admin.post("/api/v1/customers", content=b" " * (MEBIBYTE + 1))
        batch = await admin.post(
            "/api/v1/batches/targets.import-units", content=b" " * (MEBIBYTE + 1)
        )
    async with gateway.client() as admin:
        counted = await admin.post("/api/v1/customers", content=pieces())
    assert declared.status_code == counted.status_code == 413
    assert declared.json()["code"] == counted.json()["code"] == "request.too-large"
    assert declared.json()["limit_bytes"] == MEBIBYTE
    assert batch.status_code == 503  # nobody answers: but it was passed on


async def test_who_asks_too_often_is_told_when_to_come_back(database: Any, started: Any):
    async with started(database, rate_limit="5/minute") as gateway, gateway.client() as admin:
        answers = [await admin.get("/api/v1/me") for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    assert answers[-1].json()["code"] == "request.too-many"
    assert int(answers[-1].headers["retry-after"]) >= 1


async def test_a_defect_is_a_problem_with_a_reference(gateway: Gateway, monkeypatch: Any):
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("gateway.access.doors.me", broken)
    async with gateway.client() as admin:
        answer = await admin.get("/api/v1/me")
    assert answer.status_code == 500
    assert answer.json()["code"] == "request.failed"
    assert "ZeroDivision" not in answer.text


async def test_a_malformed_body_of_the_gateways_own_is_a_problem_too(gateway: Gateway):
    async with gateway.client() as admin:
        answer = await admin.post("/api/v1/tokens", json={"name": "", "dys": 3})
    assert answer.status_code == 422
    assert answer.json()["code"] == "request.malformed"
    assert {error["field"] for error in answer.json()["errors"]} == {"name", "dys"}


async def test_a_wrong_content_length_does_not_bring_it_down(gateway: Gateway):
    host, port = httpx.URL(gateway.address).host, httpx.URL(gateway.address).port
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(b"POST /api/v1/tokens HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n")
    await writer.drain()
    assert (await reader.read(12)).startswith(b"HTTP/1.1 400")
    writer.close()
    async with gateway.client() as admin:
        assert (await admin.get("/api/v1/me")).status_code == 200


@pytest.mark.parametrize("path", ["/", "/docs", "/static/style.css", "/static/landing.js"])
async def test_pages_need_nobody_to_be_signed_in_and_nothing_from_elsewhere(
    gateway: Gateway, path: str
):
    async with gateway.client("") as nobody:
        page = await nobody.get(path)
    assert page.status_code == 200
    assert "https://" not in page.text
    assert "<script>" not in page.text
