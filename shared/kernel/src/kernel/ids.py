"""Identifiers: time-ordered for what begins here, deterministic for what is imported."""

from __future__ import annotations

import os
import re
import time
import unicodedata
from uuid import UUID, uuid5

_IMPORTED = UUID("6e1c6a53-5d5e-5f0a-9b86-2b3f1f7a9d10")


def uuid7() -> UUID:
    """A new time-ordered identifier (RFC 9562, version 7).

    Made here and not by the database, so that every supported PostgreSQL will do.
    """
    milliseconds = time.time_ns() // 1_000_000
    value = milliseconds << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def imported_id(company: str, kind: str, key: str) -> UUID:
    """The identifier of something imported: the same source, kind and key give the same one.

    So a second import of the same row finds the first, and any service can name the thing
    without asking another.

    >>> imported_id("acme", "customer", "29825") == imported_id("acme", "customer", "29825")
    True
    """
    return uuid5(_IMPORTED, f"{company}/{kind}/{key}")


def slug(text: str) -> str:
    """Lower-case ASCII letters, digits and hyphens: fit for a subject, an address, a file name.

    >>> slug("Región Centro / Norte")
    'region-centro-norte'
    """
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")


def unit_id(company: str, key: str) -> str:
    """The identifier of an imported unit: readable, for it is a token of the event's subject.

    >>> unit_id("acme", "North America")
    'acme-north-america'
    """
    return f"{company}-{slug(key)}"
