"""What the guide says to try is there, and is said in both languages."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from gateway.pages.guide import API, TRY, page
from gateway.resources.table import RESOURCES
from gateway.views.doors import router as views

EMPTY = {"info": {"title": "Gerencia"}, "paths": {}, "components": {"schemas": {}}}


class Words(HTMLParser):
    """The words of a page by their language."""

    def __init__(self) -> None:
        super().__init__()
        self.languages: list[str] = []
        self.links: list[str] = []
        self.said: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag not in {"meta", "link", "br"}:
            before = self.languages[-1] if self.languages else ""
            self.languages.append(named.get("lang") or before)
        if tag == "a":
            self.links.append(named["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        self.languages.pop()

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.said.append((self.languages[-1], " ".join(data.split())))


@pytest.fixture(scope="module")
def words() -> Words:
    read = Words()
    read.feed(page(EMPTY))
    return read


def test_every_address_to_try_is_one_of_ours():
    known = {one.path: one for one in RESOURCES if one.method == "GET"}
    for path, query, *_ in TRY:
        if path != "/views/desk":
            assert path in known
            assert ("format=pdf" in query) == (known[path].paper is not None)
    assert "/views/desk" in {route.path for route in views(None).routes}


def test_spanish_comes_first_and_english_second(words: Words):
    for *_, spanish, english in TRY:
        first, second = words.said.index(("es", spanish)), words.said.index(("en", english))
        assert second == first + 1


def test_only_addresses_that_are_whole_can_be_followed(words: Words):
    assert {f"{API}{path}{query}" for path, query, *_ in TRY if "{" not in path} <= set(words.links)
    assert not [link for link in words.links if re.search(r"[{}]", link)]


def test_every_id_that_an_address_needs_is_named_by_another():
    needed = {name for path, *_ in TRY for name in re.findall(r"{\w+}", path)}
    said = {name for _, _, spanish, _ in TRY for name in re.findall(r"{\w+}", spanish)}
    assert needed == said
