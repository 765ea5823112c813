"""Passwords: hashed by argon2, slow on purpose, so checked beside the event loop."""

from __future__ import annotations

import asyncio
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher()
_AT_ONCE = 2
"""Each check takes 64 MB and a core: a flood of sign-ins must not starve the rest."""


async def hashed(password: str) -> str:
    """The password as it is kept."""
    async with _turn():
        return await asyncio.to_thread(_HASHER.hash, password)


async def matches(password: str, kept: str | None) -> bool:
    """Whether it is this password; an unknown user takes as long as a known one."""
    async with _turn():
        return await asyncio.to_thread(_verified, password, kept)


def _verified(password: str, kept: str | None) -> bool:
    try:
        return _HASHER.verify(kept or _nobodys(), password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _HASHER.hash("nobody has this password")


@cache
def _turns(loop: int) -> asyncio.Semaphore:
    return asyncio.Semaphore(_AT_ONCE)


def _turn() -> asyncio.Semaphore:
    return _turns(id(asyncio.get_running_loop()))
