"""`gerencia dun`: remind a company's customers, and wait until it is done."""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from gerencia.reports import Form

if TYPE_CHECKING:
    import httpx

FIELDS = ("run", "company", "as_of", "state", "items", "letters", "charges")
LOOK_EVERY_SECONDS = 0.5


def dun(
    company: Annotated[
        str | None, typer.Option(help="Which company; not needed where there is only one.")
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="The day; or today."),
    ] = None,
    imported: Annotated[
        bool, typer.Option("--imported", help="Also what an import brought and is still open.")
    ] = False,
    form: Annotated[Form, typer.Option("--format", help="How it is printed.")] = Form.TABLE,
) -> None:
    """Remind the customers of a company: each overdue invoice goes up by one level at most.

    The same day asked for again is the same run, and changes nothing. Letters, fees and interest
    are found at the gateway, under /dunning-letters and /documents.

    `gerencia dun --as-of 2026-03-31`
    """
    from gerencia import connection, printing

    with connection.gateway() as http:
        body = {"company": company or _only_company(http), "imported": imported}
        if as_of is not None:
            body["as_of"] = as_of.date().isoformat()
        run = connection.answer(http.post("/api/v1/dunning-runs", json=body))
        while run["state"] == "running":
            time.sleep(LOOK_EVERY_SECONDS)
            run = connection.answer(http.get(f"/api/v1/dunning-runs/{run['run']}"))
    printers = {Form.TABLE: printing.table, Form.CSV: printing.as_csv, Form.JSON: printing.as_json}
    printers[form]([{field: run[field] for field in FIELDS}], FIELDS)


def _only_company(http: httpx.Client) -> str:
    from gerencia import connection
    from gerencia.installation import GerenciaError

    found = [company for company, _ in connection.answer(http.get("/api/v1/companies"))["rows"]]
    if len(found) != 1:
        named = ", ".join(found) or "there is none"
        raise GerenciaError(f"Say which company with --company: {named}.")
    return str(found[0])
