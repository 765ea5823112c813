"""The `gerencia` command: start, look at and operate an installation."""

from __future__ import annotations

import contextlib
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from gerencia.installation import GerenciaError

app = typer.Typer(
    name="gerencia",
    help="Run Gerencia on this machine, and operate any installation of it.",
    epilog=(
        "Exit codes: 0 done and well, 1 not so or not possible, 2 not understood, "
        "3 rows were refused, 4 the installation does not answer."
    ),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
OneService = Annotated[
    str | None, typer.Option(help="Only this service: customers, billing, targets, …")
]


def main() -> None:
    """Run the command; what cannot be done is said in words, on stderr."""
    _register_others()
    try:
        app()
    except GerenciaError as error:
        _refuse(error)


@app.callback()
def options(
    data: Annotated[
        Path | None,
        typer.Option(
            envvar="GERENCIA_DATA",
            help="Folder of the databases, the broker's store, secrets and logs. "
            "[default: .gerencia in the project's folder]",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Run Gerencia on this machine, and operate any installation of it.

    A first start: `gerencia up`, then open the address that it prints.
    To operate an installation elsewhere set GERENCIA_URL and GERENCIA_TOKEN.
    """
    if data is not None:
        os.environ["GERENCIA_DATA"] = str(data.absolute())


@app.command()
def up(
    port: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65535,
            help="Port of the gateway; 0 takes a free one. [default: the last one, or 8080]",
            show_default=False,
        ),
    ] = None,
    demo: Annotated[
        bool,
        typer.Option(
            "--demo/--no-demo", help="Make a small company to try things with, on the first start."
        ),
    ] = True,
) -> None:
    """Start everything in the foreground; Ctrl-C stops it and keeps the data.

    Starts PostgreSQL, NATS and the five programs, starts again what crashes, and prints
    `ready http://…` on stdout once all of them take requests.
    """
    from gerencia.connection import installation
    from gerencia.up import run

    run(installation(), port=port, demo=demo, say=_say)


@app.command()
def down() -> None:
    """Stop the installation that `up` runs, from another terminal."""
    from gerencia.connection import installation
    from gerencia.down import stop

    _say(stop(installation()))


@app.command()
def status(as_json: AsJson = False) -> None:
    """Tell how each program is doing; exits with 0 only when all are ready."""
    from dataclasses import asdict

    from gerencia import operator_tools as tools
    from gerencia.connection import installation, is_elsewhere

    if is_elsewhere():
        ready, told = tools.remote_status()
    else:
        found = tools.local_status(installation())
        ready, told = found.ready, asdict(found)
    if as_json:
        typer.echo(tools.as_json(told))
    else:
        tools.show_table(_headline(ready, told), map(_short, told["programs"]))
    raise typer.Exit(0 if ready else 1)


@app.command()
def parked(
    service: OneService = None,
    message: Annotated[
        str | None, typer.Option("--show", help="Show this one with its body and headers.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--replay", help="Try them again now: all, or those of --message.")
    ] = False,
    messages: Annotated[
        list[str] | None, typer.Option("--message", help="With --replay: only this one; repeat it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the messages that a service could not handle and keeps, with the reason.

    Mend the cause, then hand them in again: `gerencia parked --replay --service billing`.
    """
    from gerencia import operator_tools as tools

    if message is not None:
        found = tools.ask("parked-show", _needed(service, "--show"), id=message)
    elif again:
        wanted = {"ids": messages} if messages else {}
        found = tools.tell("parked-replay", _needed(service, "--replay"), **wanted)
    else:
        found = tools.ask("parked-list" if service else "parked", service)
    _show(found, "Nothing is parked.", as_json=as_json)


@app.command()
def replay(
    service: Annotated[str, typer.Argument(help="The service whose log is published again.")],
    fields: Annotated[
        list[str] | None,
        typer.Option("--only", help="Restrict it, as field=value: type, entity, unit, …"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Publish a service's events again from its log, or a part of them.

    Subscribers ignore what they have already counted, so a replay does no harm.
    """
    from gerencia import operator_tools as tools

    done = tools.tell("replay", service, **dict(_pair(field) for field in fields or []))
    _show(done, "Nothing was to replay.", as_json=as_json)


@app.command()
def reconcile(service: OneService = None, as_json: AsJson = False) -> None:
    """Compare event logs with the broker's streams, and publish again what is missing there."""
    from gerencia import operator_tools as tools

    found = tools.tell("reconcile", service)
    _show(found, "Nothing was missing.", as_json=as_json)
    raise typer.Exit(0 if all(map(tools.is_well, found.values())) else 1)


@app.command()
def verify(service: OneService = None, as_json: AsJson = False) -> None:
    """Check what must always hold: logs without gaps, ledgers that add up; exits with 1 if not."""
    from gerencia import operator_tools as tools

    found = tools.tell("verify", service)
    _show(found, f"All is as it must be: {', '.join(found)}.", as_json=as_json)
    raise typer.Exit(0 if all(map(tools.is_well, found.values())) else 1)


def _register_others() -> None:
    """Add the commands whose modules are there: import, report and dun."""
    if find_spec("gerencia.importing"):
        from gerencia.importing import import_

        app.command("import")(import_)
    if find_spec("gerencia.reports"):
        from gerencia import reports

        app.add_typer(reports.app, name="report")
    if find_spec("gerencia.dunning"):
        from gerencia.dunning import dun

        app.command()(dun)


def _say(words: str) -> None:
    with contextlib.suppress(BrokenPipeError):
        print(words, file=sys.stderr, flush=True)


def _refuse(error: GerenciaError) -> NoReturn:
    _say(f"gerencia: {error}")
    sys.exit(error.code)


def _headline(ready: bool, told: dict[str, object]) -> str:
    where = told.get("address") or ""
    return f"Gerencia is {'ready' if ready else 'not ready'} {where}".strip()


def _short(program: dict[str, Any]) -> dict[str, Any]:
    """A program as a line of a table."""
    short = {name: value for name, value in program.items() if name not in {"log", "status"}}
    return short | {"since": str(program["since"])[:19]} if "since" in program else short


def _show(services: dict[str, Any], nothing: str, *, as_json: bool) -> None:
    from gerencia import operator_tools as tools

    if as_json:
        typer.echo(tools.as_json(services))
    else:
        tools.show(services, nothing)


def _pair(field: str) -> tuple[str, str]:
    name, equals, value = field.partition("=")
    if not equals:
        raise typer.BadParameter(f"{field!r} is not of the form field=value")
    return name, value


def _needed(service: str | None, option: str) -> str:
    if service is None:
        raise typer.BadParameter(f"{option} needs --service")
    return service
