from __future__ import annotations

from kernel.problems import assert_words_are_complete


def test_every_refusal_has_its_words_in_spanish_and_english() -> None:
    assert_words_are_complete("targets", ["targets.app"])
