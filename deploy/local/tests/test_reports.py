"""Reports as they are printed: the fields of the contract, nothing else."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from gerencia import connection, reports

SALES = {
    "id": "7", "name": "España, Sur", "period": "2013-Q1", "currency": "USD", "orders": 2,
    "net": "100.1234", "gross": None, "secret": 1,
}  # fmt: skip
LINE = {
    "order": "43659", "document": "43659", "date": "2013-05-31", "basis": "100.1234",
    "rate": "0.012", "amount": "1.2014808", "plan": "275", "event": "e-1", "mirrors": None,
}  # fmt: skip
EXPLAINED = {
    "id": "275", "name": "José", "period": "2013", "currency": "USD", "exact": "1.2014808",
    "amount": "1.20", "lines": [LINE],
}  # fmt: skip


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[httpx.URL]:
    """A gateway that answers every report; what it was asked."""
    urls: list[httpx.URL] = []

    def answer(request: httpx.Request) -> httpx.Response:
        urls.append(request.url)
        if request.url.params.get("company") == "ask":
            companies = [["acme", "Acme"], ["receivables", "Receivables"]]
            return httpx.Response(409, json={"title": "Which?", "companies": companies})
        explains = request.url.path.endswith("explain-commission")
        return httpx.Response(200, json=EXPLAINED if explains else {"rows": [SALES]})

    @contextmanager
    def gateway(timeout: float = 60) -> Iterator[httpx.Client]:
        with httpx.Client(base_url="http://g", transport=httpx.MockTransport(answer)) as http:
            yield http

    monkeypatch.setattr(connection, "gateway", gateway)
    return urls


def printed(*arguments: str) -> str:
    result = CliRunner().invoke(reports.app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_json_is_an_array_of_objects_with_those_fields_only(asked: list[httpx.URL]) -> None:
    rows: list[dict[str, Any]] = json.loads(printed("sales", "--by", "unit", "--format", "json"))
    assert rows == [{key: value for key, value in SALES.items() if key != "secret"}]
    assert list(rows[0]) == ["id", "name", "period", "currency", "orders", "net", "gross"]


def test_options_become_the_query(asked: list[httpx.URL]) -> None:
    printed("sales", "--by", "unit", "--level", "territory", "--period", "year",
            "--from", "2013-01-01", "--to", "2014-01-01", "--company", "acme")  # fmt: skip
    assert dict(asked[0].params) == {
        "by": "unit", "level": "territory", "period": "year", "from": "2013-01-01",
        "to": "2014-01-01", "company": "acme",
    }  # fmt: skip


def test_csv_has_a_header_and_empty_fields(asked: list[httpx.URL]) -> None:
    [row] = csv.DictReader(io.StringIO(printed("sales", "--by", "unit", "--format", "csv")))
    assert (row["name"], row["net"], row["gross"]) == ("España, Sur", "100.1234", "")


def test_a_table_is_for_people(asked: list[httpx.URL]) -> None:
    assert "España, Sur" in printed("sales", "--by", "unit")


def test_a_commission_explains_itself(asked: list[httpx.URL]) -> None:
    arguments = ("explain", "commission", "--rep", "José", "--period", "2013")
    lines = json.loads(printed(*arguments, "--format", "json"))
    assert list(lines[0]) == ["order", "date", "basis", "rate", "amount", "event"]
    assert "add up to 1.2014808, rounded once to 1.20 USD" in printed(*arguments)
    assert dict(asked[0].params) == {"rep": "José", "period": "2013"}


def test_several_companies_are_named(asked: list[httpx.URL]) -> None:
    with pytest.raises(Exception, match="--company: acme, receivables"):
        printed("sales", "--by", "unit", "--company", "ask")


@pytest.mark.parametrize(
    "arguments",
    [["sales"], ["sales", "--by", "moon"], ["ageing"], ["ageing", "--as-of", "2013-02-30"]],
    ids=" ".join,
)
def test_what_is_not_understood_exits_with_2(arguments: list[str]) -> None:
    assert CliRunner().invoke(reports.app, arguments).exit_code == 2


def test_expenses_are_printed_beside_budget_sales_and_the_year_before(
    asked: list[httpx.URL], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = dict.fromkeys(
        ("id", "name", "currency", "budget", "committed", "actual", "left", "sales", "ratio",
         "actual_year_before", "change", "ratio_year_before"),
    ) | {"actual": "450.00", "ratio": "0.0450"}  # fmt: skip
    monkeypatch.setattr(reports, "_ask", lambda name, **query: {"rows": [row | query]})
    [told] = json.loads(
        printed("expenses", "--period", "2026-Q1", "--by", "unit", "--format", "json")
    )
    assert (told["actual"], told["ratio"], told["budget"]) == ("450.00", "0.0450", None)
