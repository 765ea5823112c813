"""Identifiers: ordered by time, or the same for the same source."""

from __future__ import annotations

import re
from uuid import RFC_4122

from hypothesis import given
from hypothesis import strategies as some

from kernel.ids import imported_id, slug, unit_id, uuid7


def test_live_ids_are_version_7_and_differ() -> None:
    ids = [uuid7() for _ in range(1000)]
    assert len(set(ids)) == 1000
    assert all(each.version == 7 and each.variant == RFC_4122 for each in ids)
    assert [each.int >> 80 for each in ids] == sorted(each.int >> 80 for each in ids)


@given(some.text(), some.text())
def test_the_same_source_gives_the_same_id(company: str, key: str) -> None:
    assert imported_id(company, "order", key) == imported_id(company, "order", key)
    assert imported_id(company, "order", key) != imported_id(company, "invoice", key)


@given(some.text())
def test_a_slug_is_fit_for_a_subject(text: str) -> None:
    assert re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*)?", slug(text))
    assert slug(slug(text)) == slug(text)


def test_units_are_readable() -> None:
    assert unit_id("acme", "Región 7") == "acme-region-7"
