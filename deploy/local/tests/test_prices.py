"""A price list as a file: what the gateway is sent, and what is said when it cannot be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from gerencia import prices
from gerencia.installation import GerenciaError

COMPANIES = [["acme", "Acme"], ["otra", "Otra"]]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """A gateway that takes every list; what it was sent."""
    bodies: list[dict[str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json={"rows": COMPANIES})
        bodies.append(json.loads(request.content))
        count = len(bodies[-1]["prices"])
        return httpx.Response(200, json={"added": count, "changed": 0, "unchanged": 0})

    @contextmanager
    def gateway(timeout: float = 60) -> Iterator[httpx.Client]:
        with httpx.Client(base_url="http://g", transport=httpx.MockTransport(answer)) as http:
            yield http

    monkeypatch.setattr(prices, "gateway", gateway)
    return bodies


def written(folder: Path, *lines: str, encoding: str = "utf-8") -> Path:
    file = folder / "lista.csv"
    file.write_text("\n".join(lines), encoding)
    return file


HEADER = "product,region,customer_class,amount,floor,currency,valid_from,valid_to"


def test_each_row_is_a_price_and_what_is_empty_is_not_said(sent: Any, tmp_path: Path) -> None:
    file = written(
        tmp_path, HEADER, "Ñ-1,mty,taller,100.50,90,MXN,2026-01-01,", "P-2,,,7,,MXN,2026-02-01,"
    )
    assert prices.run(file, "Acme").figures == {"added": 2, "changed": 0, "unchanged": 0}
    first, second = sent[0]["prices"]
    assert sent[0]["company"] == "acme"
    assert first == {
        "product": "Ñ-1", "region": "mty", "customer_class": "taller", "valid_from": "2026-01-01",
        "amount": {"amount": "100.50", "currency": "MXN"},
        "floor": {"amount": "90", "currency": "MXN"},
    }  # fmt: skip
    assert set(second) == {"product", "valid_from", "amount"}


def test_a_long_list_goes_in_parts(
    sent: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prices, "AT_ONCE", 2)
    rows = [f"P-{n},,,7,,MXN,2026-02-01," for n in range(5)]
    assert prices.run(written(tmp_path, HEADER, *rows), "acme").figures["added"] == 5
    assert [len(body["prices"]) for body in sent] == [2, 2, 1]


def test_a_file_that_is_no_price_list_is_said(sent: Any, tmp_path: Path) -> None:
    with pytest.raises(GerenciaError, match="valid_from"):
        prices.read(written(tmp_path, "product,amount,currency", "P,1,MXN"))
    with pytest.raises(GerenciaError, match="UTF-8"):
        prices.read(written(tmp_path, HEADER, "Ñ,,,1,,MXN,2026-01-01,", encoding="latin-1"))
    with pytest.raises(GerenciaError, match="acme, otra"):
        prices.run(written(tmp_path, HEADER), None)
    assert sent == []
