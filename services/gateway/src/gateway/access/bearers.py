"""What somebody carries to be known by: a session's cookie, a token."""

from __future__ import annotations

import hashlib
import secrets


def new_secret() -> str:
    """What a bearer carries: 256 bits that nobody guesses; the prefix lets scanners find leaks."""
    return f"ger_{secrets.token_urlsafe(32)}"


def fingerprint(secret: str) -> bytes:
    """How a secret is kept: a plain hash will do, for what is hashed cannot be guessed."""
    return hashlib.sha256(secret.encode()).digest()
