from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from customers.cards.alphabet import folded, sort_key, wanted, words


def test_the_enye_follows_every_other_n():
    names = ["Ñuble", "Nz", "Na", "Oaxaca", "Niño", "Nino"]
    assert sorted(names, key=sort_key) == ["Na", "Nino", "Niño", "Nz", "Ñuble", "Oaxaca"]


def test_accents_and_case_do_not_count_in_the_order():
    assert sort_key("Ángel ÁVILA") == sort_key("angel avila")


def test_a_decomposed_enye_is_an_enye():
    assert sort_key("n\u0303u") == sort_key("ñu")


def test_a_name_without_latin_letters_has_a_place_too():
    assert sort_key("株式会社") > sort_key("Zapata")


def test_a_search_without_the_accent_finds_the_name_with_it():
    assert wanted("nunez") == ("nunez",)
    assert "nunez" in words("Núñez e Hijos")


def test_every_word_of_a_search_counts_and_signs_alone_do_not():
    assert wanted("  García & (Hnos.) - ") == ("garcia", "hnos")


@given(st.text(max_size=40))
def test_a_card_is_found_by_every_word_of_its_own_name(name: str):
    found_by = words(name)
    assert all(any(word.startswith(part) for word in found_by) for part in wanted(name))


@given(st.text())
def test_what_is_folded_once_is_folded(text: str):
    assert folded(folded(text)) == folded(text)
