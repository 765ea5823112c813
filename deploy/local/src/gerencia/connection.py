"""How the command reaches an installation: the local one, or the one that GERENCIA_URL names."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gerencia.installation import GerenciaError, Installation, default_data

if TYPE_CHECKING:
    import httpx

UNREACHABLE = 4


def installation() -> Installation:
    """Find the installation of `--data`, GERENCIA_DATA, or the project's folder."""
    chosen = os.environ.get("GERENCIA_DATA")
    return Installation((Path(chosen) if chosen else default_data()).absolute())


def is_elsewhere() -> bool:
    """Whether GERENCIA_URL names another installation than the local one."""
    return "GERENCIA_URL" in os.environ


def address() -> str:
    """Say where the gateway answers.

    Raises:
        GerenciaError: nothing was started here, and GERENCIA_URL names nothing else.
    """
    found = os.environ.get("GERENCIA_URL") or installation().address
    if found is None:
        raise GerenciaError(
            f"Nothing was started yet in {installation().data}: start it with `gerencia up`, "
            "or name another installation with GERENCIA_URL and GERENCIA_TOKEN.",
            code=UNREACHABLE,
        )
    return found.rstrip("/")


@contextmanager
def gateway(timeout: float = 60) -> Iterator[httpx.Client]:
    """A client of the gateway, signed in.

    Raises:
        GerenciaError: the gateway does not answer.
    """
    import httpx

    token = os.environ.get("GERENCIA_TOKEN") or installation().token or ""
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": _language()}
    where = address()
    try:
        with httpx.Client(base_url=where, headers=headers, timeout=timeout) as http:
            yield http
    except httpx.TransportError as error:
        raise GerenciaError(
            f"Gerencia does not answer at {where} ({error or type(error).__name__}). "
            "Is it running? `gerencia status` tells, `gerencia up` starts it.",
            code=UNREACHABLE,
        ) from error


def answer(response: httpx.Response) -> Any:
    """Read what the gateway answered.

    Raises:
        GerenciaError: it answered with a problem; in the problem's own words.
    """
    if response.is_success:
        return response.json() if response.content else None
    raise GerenciaError(_problem(response))


def _problem(response: httpx.Response) -> str:
    try:
        problem = response.json()
    except json.JSONDecodeError:
        return f"The gateway answered {response.status_code} {response.reason_phrase}."
    title, detail = problem.get("title", ""), problem.get("detail", "")
    words = f"{title}: {detail}" if detail and detail != title else title
    return f"{words} [{problem.get('code', response.status_code)}]"


def _language() -> str:
    return os.environ.get("LC_ALL") or os.environ.get("LANG", "en")[:2] or "en"
