"""Batches through a gateway that is slow, absent, or does not like a row."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from contracts.targets.imports import ImportProducts, ProductRecord
from gerencia import batches
from gerencia.batches import Sender, Tally, settle
from gerencia.installation import GerenciaError
from gerencia.sources.reading import Line, Load, Read, Refused, Row

Handler = Callable[[httpx.Request], httpx.Response]


def product(number: int) -> Row[ProductRecord]:
    line = Line("Product.csv", number + 1, {})
    return Row(line, ProductRecord(key=str(number), name=f"Product {number}"))


def load(rows: int, *more: Read[ProductRecord]) -> Load:
    def read() -> Iterator[Read[ProductRecord]]:
        yield from map(product, range(1, rows + 1))
        yield from more

    return Load(ImportProducts, read)


def sent(what: Load, handler: Handler) -> Tally:
    with httpx.Client(base_url="http://gateway", transport=httpx.MockTransport(handler)) as http:
        sender = Sender(http, "run-1", "acme", patience=0.2, pause=0.01)
        return list(sender.send(what))[-1]


def problem(status: int, code: str = "product.bad") -> httpx.Response:
    return httpx.Response(status, json={"code": code, "title": "It is bad", "detail": "Very."})


def accepted(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"added": len(json.loads(request.content)["records"])})


def test_rows_travel_in_batches_of_the_company() -> None:
    seen: list[Any] = []

    def gateway(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/api/v1/batches/targets.import-products"
        seen.append(json.loads(request.content))
        return accepted(request)

    tally = sent(load(1201), gateway)
    assert tally.added == 1201
    assert sorted(len(body["records"]) for body in seen) == [201, 500, 500]
    assert {body["company"] for body in seen} == {"acme"}


def test_what_nobody_answered_is_sent_again_under_the_same_key() -> None:
    keys: Counter[str] = Counter()

    def gateway(request: httpx.Request) -> httpx.Response:
        key = request.headers["Idempotency-Key"]
        keys[key] += 1
        if keys[key] == 1:
            raise httpx.ConnectError("nobody there")
        if keys[key] == 2:
            return problem(503)
        if keys[key] == 3:
            return problem(409, "request.still-running")
        return accepted(request)

    assert sent(load(600), gateway).added == 600
    assert sorted(keys.values()) == [4, 4]


def test_patience_ends() -> None:
    def gateway(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody there")

    with pytest.raises(httpx.ConnectError):
        sent(load(1), gateway)


def test_a_row_that_a_service_refuses_is_told_with_its_line() -> None:
    def gateway(request: httpx.Request) -> httpx.Response:
        refused = {"index": 1, "key": "2", "code": "product.old", "detail": "It is gone."}
        return httpx.Response(200, json={"added": 1, "unchanged": 1, "refused": [refused]})

    tally = sent(load(3), gateway)
    assert (tally.added, tally.unchanged, tally.rows) == (1, 1, 3)
    assert tally.refused == [Refused("Product.csv", 3, "2", "product.old", "It is gone.")]


def test_one_bad_row_does_not_take_its_batch_with_it() -> None:
    def gateway(request: httpx.Request) -> httpx.Response:
        keys = [record["key"] for record in json.loads(request.content)["records"]]
        return problem(422) if "37" in keys else accepted(request)

    tally = sent(load(100), gateway)
    assert tally.added == 99
    assert tally.refused == [Refused("Product.csv", 38, "37", "product.bad", "It is bad Very.")]


def test_a_row_that_could_not_be_read_is_told_too() -> None:
    unreadable = Refused("Product.csv", 9, "9", "source.missing", "Name is empty")
    tally = sent(load(2, unreadable), accepted)
    assert (tally.added, tally.refused) == (2, [unreadable])


def test_a_wrong_token_ends_the_import() -> None:
    with pytest.raises(GerenciaError, match="It is bad: Very"):
        sent(load(1), lambda _: problem(401))


def test_nobody_waits_for_ever_until_all_have_caught_up() -> None:
    def gateway(_: httpx.Request) -> httpx.Response:
        return problem(504, "admin.not-settled")

    with (
        httpx.Client(base_url="http://g", transport=httpx.MockTransport(gateway)) as http,
        pytest.raises(GerenciaError, match="has caught up yet"),
    ):
        settle(http, patience=0)


def test_a_batch_with_many_lines_is_shorter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BYTES", 3 * batches._weight(product(1)))
    sizes = []

    def gateway(request: httpx.Request) -> httpx.Response:
        sizes.append(len(json.loads(request.content)["records"]))
        return accepted(request)

    sent(load(7), gateway)
    assert sorted(sizes) == [1, 3, 3]
