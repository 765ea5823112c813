"""`gerencia import`: data of another system, through the gateway, until every report is right."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from gerencia.sources.reading import Import

ROWS_WERE_REFUSED = 3


class Source(StrEnum):
    """What can be imported."""

    ADVENTUREWORKS = "adventureworks"
    RECEIVABLES = "receivables"
    STATEMENT = "statement"
    PRICES = "prices"


class Form(StrEnum):
    """How the summary is printed."""

    TABLE = "table"
    JSON = "json"


def import_(
    source: Annotated[Source, typer.Argument(help="Which kind of data it is.")],
    path: Annotated[
        Path,
        typer.Argument(
            exists=True,
            help="The folder of AdventureWorks' files, the file of the receivables, a bank's, or a list.",
        ),
    ],
    form: Annotated[
        Form, typer.Option("--format", help="How the summary is printed on stdout.")
    ] = Form.TABLE,
    account: Annotated[
        str | None,
        typer.Option(help="Of a bank statement: the number or name of the bank account."),
    ] = None,
    company: Annotated[
        str | None, typer.Option(help="Of a price list: whose it is, where there are several.")
    ] = None,
) -> None:
    """Take in data of another system, and wait until every report is right.

    The data become a company of their own, named as the source. The same import again changes
    nothing, and one that was interrupted is finished by the next. Imported history makes
    balances, sales and commissions, but no credit decision, no notice and no reminder.

    A bank statement (camt.053, OFX, or CSV as the account's mapping says) is no history: what
    it matches are payments of today, and it is taken in whole or not at all. Nor is a price list
    (CSV with product, amount, currency, valid_from; region, customer_class, floor, cost,
    least_margin, valid_to where there are any): it holds from the days that it says.

    Exits with 3 when rows were refused: the summary names the file that says which and why.
    """
    if source is Source.STATEMENT:
        from gerencia import statements

        statements.run(path, account).print(as_json=form is Form.JSON)
        return
    if source is Source.PRICES:
        from gerencia import prices

        prices.run(path, company).print(as_json=form is Form.JSON)
        return
    from gerencia.import_run import run

    outcome = run(_read(source, path))
    outcome.print(as_json=form is Form.JSON)
    raise typer.Exit(ROWS_WERE_REFUSED if outcome.refused else 0)


def _read(source: Source, path: Path) -> Import:
    from gerencia.sources import adventureworks, receivables

    readers = {Source.ADVENTUREWORKS: adventureworks.read, Source.RECEIVABLES: receivables.read}
    return readers[source](path)
