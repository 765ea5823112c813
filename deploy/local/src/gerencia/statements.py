"""`gerencia import statement`: a bank's file through the gateway, until it is matched."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from gerencia.connection import answer, gateway
from gerencia.installation import GerenciaError

if TYPE_CHECKING:
    import httpx

SECONDS = 180.0
PATIENCE_SECONDS = 600.0
BETWEEN_LOOKS_SECONDS = 0.3
SHOWN = ("key", "from_on", "to_on", "entries", "known", "left_out")
STATES = ("matched", "returned", "open", "outgoing")


@dataclass(frozen=True)
class Taken:
    """The statements of a file, after all their entries were looked at."""

    statements: list[dict[str, Any]]

    def print(self, *, as_json: bool) -> None:
        """Print what became of them on stdout, as JSON or for a person."""
        if as_json:
            print(json.dumps({"statements": self.statements}, indent=2, ensure_ascii=False))
            return
        table = Table("account", *SHOWN, *STATES)
        for one in self.statements:
            figures = [one["account_name"], *(one[name] for name in SHOWN)]
            figures += [one["states"].get(state, 0) for state in STATES]
            table.add_row(*map(str, figures))
        console = Console()
        console.print(table)
        if not any(one["new"] for one in self.statements):
            console.print("It had been imported before: nothing was changed.")


def run(path: Path, account: str | None) -> Taken:
    """Upload a statement file, import it and wait until its entries were matched.

    Args:
        account: number or name of the bank account; needed where there are several and the file
            does not say whose it is.

    Raises:
        GerenciaError: the file was refused, or the account is not known.
    """
    with gateway(timeout=SECONDS) as http:
        of = _account(answer(http.get("/api/v1/bank-accounts"))["items"], account)
        params = {"unit": of["unit"], "name": path.name}
        with path.open("rb") as content:
            file = answer(http.post("/api/v1/files", params=params, content=content))["file"]
        body = {"company": of["company"], "file": file, "account": of["account"]}
        wait = {"Request-Timeout": str(SECONDS - 10)}
        taken = answer(http.post("/api/v1/bank-statements", json=body, headers=wait))["items"]
        return Taken([_matched(http, one) for one in taken])


def _account(known: list[dict[str, Any]], wanted: str | None) -> dict[str, Any]:
    """The account that is meant: the only one, or the one of this number or name."""
    plain = (wanted or "").replace(" ", "").upper()
    found = [
        one
        for one in known
        if wanted is None or plain == one["number"] or wanted.lower() == one["name"].lower()
    ]
    if len(found) == 1:
        return found[0]
    names = ", ".join(f"{one['name']} ({one['number']})" for one in known) or "none yet"
    raise GerenciaError(
        f"Say with --account which bank account it is. There are: {names}. "
        "PUT /api/v1/bank-accounts/<number> makes one known."
    )


def _matched(http: httpx.Client, taken: dict[str, Any]) -> dict[str, Any]:
    until = time.monotonic() + PATIENCE_SECONDS
    where = f"/api/v1/bank-statements/{taken['statement']}"
    while time.monotonic() < until:
        now: dict[str, Any] = answer(http.get(where))
        if now["matched_at"] is not None:
            return now | {"new": taken["new"]}
        time.sleep(BETWEEN_LOOKS_SECONDS)
    raise GerenciaError(f"Statement {taken['key']} is imported, but its matching goes on still.")
