"""How names are sorted and found: in the Spanish order, without regard to accents and case."""

from __future__ import annotations

import re
import unicodedata

_NOT_A_WORD = re.compile(r"[^0-9a-z~]+")
_AROUND = re.compile(r"^\W+|\W+$")
_BEYOND_Z = "~"


def folded(text: str) -> str:
    """Lower case without accents; every other sign is a space.

    >>> folded("  NÚÑEZ, Peña & Cía. ")
    'nunez pena cia'
    """
    letters = _without_accents(text.casefold()).replace(_BEYOND_Z, " ")
    return _NOT_A_WORD.sub(" ", letters).strip()


def sort_key(name: str) -> str:
    """A key that a comparison by code point puts in the order of the Spanish alphabet.

    The ñ is a letter of its own, after every other n; accents and case do not count. What has
    no Latin letters or digits at all is sorted by its own signs, after the others.

    >>> sorted(["Ñandú", "Nuez", "Ópalo", "nube", "Zapata"], key=sort_key)
    ['nube', 'Nuez', 'Ñandú', 'Ópalo', 'Zapata']
    """
    composed = unicodedata.normalize("NFC", name.casefold()).replace(_BEYOND_Z, " ")
    letters = _without_accents(composed.replace("ñ", f"n{_BEYOND_Z}"))
    return _NOT_A_WORD.sub(" ", letters).strip() or _BEYOND_Z + letters.strip()


def words(*texts: str | None) -> frozenset[str]:
    """The words by whose beginnings a card is found; an e-mail address counts whole, too.

    >>> sorted(words("Peña Hnos.", "AW-17", "ana@pena.mx", None))
    ['17', 'ana', 'ana@pena.mx', 'aw', 'aw-17', 'hnos', 'mx', 'pena']
    """
    found: set[str] = set()
    for text in texts:
        if text:
            found.update(folded(text).split(), _words(text))
    return frozenset(found)


def wanted(search: str) -> tuple[str, ...]:
    """The beginnings of words that a search asks for, the longest first: it finds the fewest.

    >>> wanted("PEÑ ana@pena &")
    ('ana@pena', 'pen')
    """
    return tuple(sorted(_words(search), key=lambda word: (-len(word), word)))


def _words(text: str) -> set[str]:
    """The words as they are written, without accents and without the signs around them."""
    return {_AROUND.sub("", word) for word in _without_accents(text.casefold()).split()} - {""}


def _without_accents(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in apart if not unicodedata.combining(sign))
