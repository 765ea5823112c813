"""How names are sorted and found: in the Spanish order, without regard to accents and case."""

from __future__ import annotations

import re
import unicodedata

_NOT_A_WORD = re.compile(r"[^0-9a-z~]+")
_BEYOND_Z = "~"


def folded(text: str) -> str:
    """Lower case without accents; every other sign is a space.

    >>> folded("  NÚÑEZ, Peña & Cía. ")
    'nunez pena cia'
    """
    apart = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return _NOT_A_WORD.sub(" ", letters.replace(_BEYOND_Z, " ")).strip()


def sort_key(name: str) -> str:
    """A key that a comparison by code point puts in the order of the Spanish alphabet.

    The ñ is a letter of its own, after every other n; accents and case do not count. What has
    no Latin letters or digits at all is sorted by its own signs, after the others.

    >>> sorted(["Ñandú", "Nuez", "Ópalo", "nube", "Zapata"], key=sort_key)
    ['nube', 'Nuez', 'Ñandú', 'Ópalo', 'Zapata']
    """
    composed = unicodedata.normalize("NFC", name.casefold()).replace(_BEYOND_Z, " ")
    apart = unicodedata.normalize("NFKD", composed.replace("ñ", f"n{_BEYOND_Z}"))
    letters = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return _NOT_A_WORD.sub(" ", letters).strip() or _BEYOND_Z + apart.strip()


def words(*texts: str | None) -> frozenset[str]:
    """The words by whose beginnings a card is found; an e-mail address counts whole, too.

    >>> sorted(words("Peña Hnos.", "AW-17", "ana@pena.mx", None))
    ['17', 'ana', 'ana@pena.mx', 'aw', 'aw-17', 'hnos', 'mx', 'pena']
    """
    parts: set[str] = set()
    for text in texts:
        if text:
            parts.update(folded(text).split())
            parts.update(_plain(text).split())
    return frozenset(word.strip(".,;:()\"'") for word in parts) - {"", "&", "-", "/"}


def wanted(search: str) -> tuple[str, ...]:
    """The beginnings of words that a search asks for, the longest first: it finds the fewest.

    >>> wanted("PEÑ ana@pena")
    ('ana@pena', 'pen')
    """
    beginnings = {word.strip(".,;:()\"'") for word in _plain(search).split()} - {"", "&"}
    return tuple(sorted(beginnings, key=lambda word: (-len(word), word)))


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))
