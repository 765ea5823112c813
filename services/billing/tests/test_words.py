from __future__ import annotations

from kernel.problems import assert_words_are_complete


def test_every_refusal_has_words_in_spanish_and_english():
    assert_words_are_complete("billing", ["billing.app"])
