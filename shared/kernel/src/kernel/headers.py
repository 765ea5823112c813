"""What travels beside the body of a question or command: who asks, until when, under which key.

Only the gateway's credentials may publish requests, so a service believes these headers.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from uuid import UUID

from kernel.scope import Principal

USER = "Gerencia-User"
PERSON = "Gerencia-Person"
ROLES = "Gerencia-Roles"
UNITS = "Gerencia-Units"
GRANTS = "Gerencia-Grants"
OWN = "Gerencia-Own"
LOCALE = "Gerencia-Locale"
KEY = "Gerencia-Key"
DEADLINE = "Gerencia-Deadline"
"""Milliseconds since 1970 after which nobody waits for the answer."""
AFTER = "Gerencia-After"
"""`<service>:<event>[:<position>]`: what the answer must already know of."""
CORRELATION = "Gerencia-Correlation"
MARK = "Gerencia-Mark"
STATUS = "Gerencia-Status"
CONTENT_TYPE = "Content-Type"


def of_principal(who: Principal) -> dict[str, str]:
    """The headers that say who asks."""
    return {
        USER: str(who.user),
        PERSON: str(who.person),
        ROLES: ",".join(sorted(who.roles)),
        UNITS: ",".join(who.units),
        GRANTS: ",".join(f"{role}@{unit}" for role, unit in who.grants),
        OWN: "1" if who.own_only else "0",
        LOCALE: who.locale,
    }


def principal(headers: Mapping[str, str]) -> Principal:
    """Who asks, read back.

    Raises:
        KeyError, ValueError: nobody is named, or not by an id.
    """
    grants = (grant.split("@", 1) for grant in _list(headers.get(GRANTS)))
    return Principal(
        user=UUID(headers[USER]),
        person=UUID(headers[PERSON]),
        roles=frozenset(_list(headers.get(ROLES))),
        units=tuple(_list(headers.get(UNITS))),
        own_only=headers.get(OWN) != "0",
        locale=headers.get(LOCALE, "es"),
        grants=tuple((role, unit) for role, unit in grants),
    )


def _list(value: str | None) -> list[str]:
    return value.split(",") if value else []


def deadline_in(seconds: float) -> str:
    """The deadline header of a request that is waited for so long."""
    return str(int((time.time() + seconds) * 1000))


def seconds_left(headers: Mapping[str, str]) -> float | None:
    """How long the asker still waits; None when the request does not say."""
    deadline = headers.get(DEADLINE, "")
    return int(deadline) / 1000 - time.time() if deadline.isdigit() else None
