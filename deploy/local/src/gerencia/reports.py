"""`gerencia report`: the numbers of a company, as a table, CSV or JSON."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

app = typer.Typer(
    no_args_is_help=True,
    help="Print a report: sales, attainment, commissions, ageing, payments, expenses, or why a commission is what it is."
    " Money is exact; nothing is rounded but a commission's amount.",
)
explain = typer.Typer(no_args_is_help=True, help="Say where a number comes from.")
app.add_typer(explain, name="explain")


class Form(StrEnum):
    """How a report is printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


class Grain(StrEnum):
    """The calendar's periods."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"


class SalesBy(StrEnum):
    """Whose sales are added up."""

    UNIT = "unit"
    REP = "rep"
    CUSTOMER = "customer"
    PRODUCT = "product"


class AttainmentBy(StrEnum):
    """Whose quota is compared."""

    REP = "rep"
    UNIT = "unit"


class CommissionsBy(StrEnum):
    """Whose commission it is."""

    REP = "rep"


class AgeingBy(StrEnum):
    """Whose open invoices are added up."""

    CUSTOMER = "customer"
    REP = "rep"
    TEAM = "team"
    UNIT = "unit"
    BRANCH = "branch"
    CURRENCY = "currency"


class CountedFrom(StrEnum):
    """The day from which an item's age is counted."""

    DUE = "due"
    INVOICE = "invoice"


class ExpensesBy(StrEnum):
    """What expenses are added up by."""

    UNIT = "unit"
    CATEGORY = "category"
    MONTH = "month"


class PaymentsBy(StrEnum):
    """Whose invoices are looked at."""

    CUSTOMER = "customer"
    UNIT = "unit"
    REP = "rep"


class PaymentsOn(StrEnum):
    """Which day of an invoice decides on its period."""

    SETTLED = "settled"
    INVOICE = "invoice"


Company = Annotated[
    str | None, typer.Option(help="Which company; not needed where there is only one.")
]
Format = Annotated[Form, typer.Option("--format", help="How it is printed.")]


@app.command()
def sales(
    by: Annotated[SalesBy, typer.Option(help="Whose sales are added up.")],
    level: Annotated[
        str | None,
        typer.Option(help="Units of this level: company, or the source's own word (territory …)."),
    ] = None,
    period: Annotated[
        Grain | None, typer.Option(help="A row for each; without it one row of all time.")
    ] = None,
    from_: Annotated[
        datetime | None,
        typer.Option(
            "--from", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="From this day on."
        ),
    ] = None,
    to: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="Up to the day before."),
    ] = None,
    company: Company = None,
    form: Format = Form.TABLE,
) -> None:
    """Print invoiced sales by unit, rep, customer or product.

    `gerencia report sales --by unit --level territory --period year`
    """
    rows = _rows(
        "sales", by=by, level=level, period=period, to=_day(to), company=company,
        **{"from": _day(from_)},
    )  # fmt: skip
    _print(rows, ("id", "name", "period", "currency", "orders", "net", "gross"), form)


@app.command()
def attainment(
    by: Annotated[AttainmentBy, typer.Option(help="Whose quota is compared.")],
    company: Company = None,
    form: Format = Form.TABLE,
) -> None:
    """Print each quota and what was invoiced in its period; 1.0000 is all of it.

    `gerencia report attainment --by rep`
    """
    fields = (
        "id", "name", "period_start", "period_end", "currency", "quota", "actual", "attainment",
        "orders",
    )  # fmt: skip
    _print(_rows("attainment", by=by, company=company), fields, form)


@app.command()
def commissions(
    by: Annotated[CommissionsBy, typer.Option(help="Whose they are.")] = CommissionsBy.REP,
    period: Annotated[
        Grain | None, typer.Option(help="A row for each; without it one row of all time.")
    ] = None,
    company: Company = None,
    form: Format = Form.TABLE,
) -> None:
    """Print each person's commission; lines are exact, their sum is rounded once.

    `gerencia report commissions --by rep --period year`
    """
    rows = _rows("commissions", by=by, period=period, company=company)
    _print(rows, ("id", "name", "period", "currency", "base", "amount"), form)


@app.command()
def ageing(
    as_of: Annotated[
        datetime,
        typer.Option(
            formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="As things stood when this day ended."
        ),
    ],
    by: Annotated[
        AgeingBy | None, typer.Option(help="A row for each; without it one for the company.")
    ] = None,
    buckets: Annotated[
        str, typer.Option(help="The last days of the buckets, each more than the one before.")
    ] = "30,60,90",
    counted_from: Annotated[
        CountedFrom, typer.Option("--from", help="Whether days count from the due day.")
    ] = CountedFrom.DUE,
    company: Company = None,
    form: Format = Form.TABLE,
) -> None:
    """Print open invoices by days overdue, disputed ones included.

    `gerencia report ageing --as-of 2012-12-31 --by customer --buckets 15,30,60`
    """
    told = _ask(
        "ageing", as_of=_day(as_of), by=by, company=company, bounds=buckets, basis=counted_from
    )
    rows = [row | row["amounts"] for row in told["rows"]]
    _print(rows, ("id", "name", "currency", *told["buckets"], "total", "invoices"), form)


@app.command()
def dunning(
    policy: Annotated[
        str, typer.Option(metavar="7,14,30", help="Days after the due day, one for each level.")
    ],
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="Reminders up to this day; or today."
        ),
    ] = None,
    company: Company = None,
    form: Format = Form.TABLE,
) -> None:
    """Print the reminders that a policy would have produced, from what was paid when.

    An invoice gets the reminder of a level when it is still open at the end of its due day plus
    so many days.

    `gerencia report dunning --policy 7,14,30`
    """
    fields = (
        "level", "days", "currency", "reminders", "amount", "undisputed", "undisputed_amount",
    )  # fmt: skip
    _print(_rows("dunning", policy=policy, as_of=_day(as_of), company=company), fields, form)


@app.command()
def payments(
    by: Annotated[
        PaymentsBy | None, typer.Option(help="A row for each; without it one for the company.")
    ] = None,
    period: Annotated[
        Grain | None, typer.Option(help="A row for each; without it one row of all time.")
    ] = None,
    on: Annotated[
        PaymentsOn,
        typer.Option(help="The day that counts: settled ones by that day, or all by invoice."),
    ] = PaymentsOn.SETTLED,
    from_: Annotated[
        datetime | None,
        typer.Option(
            "--from", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="From this day on."
        ),
    ] = None,
    to: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="Up to the day before."),
    ] = None,
    company: Company = None,
    form: Format = Form.TABLE,
) -> None:
    """Print how invoices were paid: how many on time, how late, after how many days.

    `gerencia report payments --period month`
    `gerencia report payments --by unit --on invoice`
    """
    rows = _rows(
        "payments", by=by, period=period, basis=on, to=_day(to), company=company,
        **{"from": _day(from_)},
    )  # fmt: skip
    fields = (
        "id", "name", "period", "currency", "invoices", "customers", "amount", "settled",
        "on_time", "on_time_share", "days_late", "average_days", "weighted_days", "disputed",
        "disputed_amount",
    )  # fmt: skip
    _print(rows, fields, form)


@app.command()
def exposure(
    peak: Annotated[
        bool, typer.Option("--peak", help="The most each ever owed, and the earliest such day.")
    ] = False,
    above: Annotated[
        str | None, typer.Option(help="With --peak: only peaks above this amount.")
    ] = None,
    company: Company = None,
    form: Format = Form.TABLE,
) -> None:
    """Print what customers use of their credit, or with --peak the most they ever owed.

    `gerencia report exposure --peak`
    """
    if peak:
        rows = _rows("peak-exposure", above=above, company=company)
        _print(rows, ("id", "name", "currency", "peak", "on_day"), form)
        return
    fields = (
        "id", "name", "currency", "limit", "receivable", "unallocated", "ordered", "reserved",
        "used", "available",
    )  # fmt: skip
    _print(_rows("exposure", company=company), fields, form)


@app.command()
def expenses(
    period: Annotated[str, typer.Option(help="2026, 2026-Q1 or 2026-03.")],
    by: Annotated[
        ExpensesBy | None, typer.Option(help="A row for each; without it one for the company.")
    ] = None,
    company: Company = None,
    form: Format = Form.TABLE,
) -> None:
    """Print expenses against budget, sales and the year before; rates are fractions.

    `gerencia report expenses --period 2026-Q1 --by category`
    """
    fields = (
        "id", "name", "currency", "budget", "committed", "actual", "left", "sales", "ratio",
        "actual_year_before", "change", "ratio_year_before",
    )  # fmt: skip
    _print(_rows("expenses", period=period, by=by, company=company), fields, form)


@explain.command()
def commission(
    rep: Annotated[str, typer.Option(help="Whose: a name, or the key that reports print as id.")],
    period: Annotated[
        str | None, typer.Option(help="2013, 2013-Q1 or 2013-01; without it all time.")
    ] = None,
    company: Company = None,
    form: Format = Form.TABLE,
) -> None:
    """Print every line of a person's commission, with the event that made it.

    `gerencia report explain commission --rep "José Saraiva" --period 2013`
    """
    told = _ask("explain-commission", rep=rep, period=period, company=company)
    fields = ("order", "date", "basis", "rate", "amount", "event")
    _print(told["lines"], fields, form)
    if form is Form.TABLE:
        typer.echo(
            f"{told['name']} {told['period'] or ''}: the lines add up to {told['exact']}, "
            f"rounded once to {told['amount']} {told['currency']}."
        )


def _day(moment: datetime | None) -> str | None:
    return moment.date().isoformat() if moment else None


def _rows(name: str, **query: str | None) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = _ask(name, **query)["rows"]
    return rows


def _ask(name: str, **query: str | None) -> Any:
    from gerencia.connection import answer, gateway
    from gerencia.installation import GerenciaError

    given = {key: str(value) for key, value in query.items() if value is not None}
    with gateway(timeout=120) as http:
        response = http.get(
            f"/api/v1/reports/{name}", params=given, headers={"Request-Timeout": "110"}
        )
    if response.status_code == 409 and (companies := response.json().get("companies")):
        named = ", ".join(key for key, _ in companies)
        raise GerenciaError(f"There are several companies; say which with --company: {named}.")
    return answer(response)


def _print(rows: list[dict[str, Any]], fields: tuple[str, ...], form: Form) -> None:
    from gerencia import printing

    printers = {
        Form.TABLE: printing.table,
        Form.CSV: printing.as_csv,
        Form.JSON: printing.as_json,
    }
    printers[form]([{field: row[field] for field in fields} for row in rows], fields)
