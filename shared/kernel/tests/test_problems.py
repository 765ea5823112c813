"""A refusal becomes a problem document in the reader's language."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

import kernel.problems
from kernel.money import DifferentCurrencies, Money
from kernel.problems import (
    NotFound,
    Problem,
    Refusal,
    assert_words_are_complete,
    language_of,
    say,
    spell,
    words,
)


@dataclass(eq=False)
class AboveAuthority(Refusal):
    """A refusal without words, for its package has no catalogue."""

    code = "limits.above-authority"
    title = "The credit limit is above your authority"
    requested: Money
    since: date


REFUSED = AboveAuthority(Money.of("80000", "MXN"), date(2026, 3, 1))


def test_the_kernel_has_words_for_each_of_its_refusals() -> None:
    assert_words_are_complete("kernel", ["kernel.money"])


def test_a_problem_says_the_figures_as_members() -> None:
    assert json.loads(Problem.of(REFUSED, status=403, instance="/limits/7").body()) == {
        "type": "/problems/limits.above-authority",
        "title": "The credit limit is above your authority",
        "status": 403,
        "detail": "",
        "instance": "/limits/7",
        "code": "limits.above-authority",
        "requested": {"amount": "80000", "currency": "MXN"},
        "since": "2026-03-01",
    }


def test_a_rule_that_says_no_is_a_conflict_unless_said_otherwise() -> None:
    assert Problem.of(REFUSED).status == 409
    assert Problem.of(NotFound("order", "7")).status == 404
    assert Problem.of(DifferentCurrencies("MXN", "USD")).status == 422


def test_words_are_in_the_language_of_the_reader() -> None:
    missing = NotFound("order", "7")
    assert say(missing, "es-MX")[0] == "No existe"
    assert say(missing, "en")[1] == "There is no order 7, or it is outside your scope."


@pytest.mark.parametrize(
    ("locale", "language"),
    [("es", "es"), ("es_419", "es"), ("EN-gb", "en"), ("de", "es"), ("", "es")],
)
def test_spanish_is_the_first_language(locale: str, language: str) -> None:
    assert language_of(locale) == language


@pytest.mark.parametrize(
    ("value", "spanish", "english"),
    [
        (Money.of("50000", "MXN"), "$50,000.00", "MX$50,000.00"),
        (Money.of("0.1250", "USD"), "USD0.125", "$0.125"),
        (Decimal("1234.5"), "1,234.5", "1,234.5"),
        (date(2026, 3, 1), "1 mar 2026", "Mar 1, 2026"),
        (2013, "2013", "2013"),
        (["rep", "manager"], "rep, manager", "rep, manager"),
        ([{"field": "net", "problem": "missing"}], "net missing", "net missing"),
        (None, "—", "—"),
    ],
)
def test_figures_are_written_as_their_readers_write_them(
    value: Any, spanish: str, english: str
) -> None:
    assert spell(value, "es") == spanish
    assert spell(value, "en") == english


def test_an_instant_and_an_id_are_spelt_too() -> None:
    assert "2026" in spell(datetime(2026, 3, 1, 12, tzinfo=UTC), "es")
    assert spell(UUID(int=7)) == str(UUID(int=7))


def with_catalogue(monkeypatch: pytest.MonkeyPatch, entry: dict[str, str] | None) -> None:
    own = {} if entry is None else {AboveAuthority.code: entry}
    monkeypatch.setattr(kernel.problems, "words", lambda package, language: own)
    monkeypatch.setattr(kernel.problems, "refusals_of", lambda package: [AboveAuthority])


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        (None, "no words in es for limits.above-authority"),
        ({"title": "Más de lo que usted autoriza"}, "no detail in es"),
        ({"title": "No", "detail": "{allowed}"}, "'allowed' is no field"),
    ],
)
def test_missing_words_are_seen(
    monkeypatch: pytest.MonkeyPatch, entry: dict[str, str] | None, complaint: str
) -> None:
    with_catalogue(monkeypatch, entry)
    with pytest.raises(AssertionError, match=complaint):
        assert_words_are_complete("billing")


def test_words_that_nobody_says_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    with_catalogue(monkeypatch, {"title": "No", "detail": "{requested}"})
    monkeypatch.setattr(kernel.problems, "refusals_of", lambda package: [])
    with pytest.raises(AssertionError, match="that nobody says"):
        assert_words_are_complete("billing")


def test_a_package_without_catalogue_has_no_words() -> None:
    assert words("babel", "es") == {}
    assert say(REFUSED, "es") == (AboveAuthority.title, "")


def test_a_refusal_tells_its_figures_in_a_log() -> None:
    assert str(NotFound("order", "7")) == (
        "request.not-found: There is no such thing (what=order, id=7)"
    )
