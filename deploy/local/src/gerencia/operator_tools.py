"""What an operator asks and does: status, parked messages, replay, reconcile, verify."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from gerencia.connection import answer, gateway
from gerencia.installation import Installation
from gerencia.programs import answers_ready, servers
from gerencia.supervisor import still_runs


@dataclass(frozen=True)
class Status:
    """How an installation is doing."""

    ready: bool
    address: str | None
    data: str
    supervisor: int | None
    programs: Sequence[dict[str, Any]]


def local_status(installation: Installation) -> Status:
    """Ask every program of the installation here and now, also when the gateway is down."""
    ports = installation.recall("ports") or {}
    standings = installation.recall("programs") or []
    programs = [_seen(installation, standing, ports) for standing in standings]
    runner = installation.runner()
    return Status(
        ready=runner is not None and bool(programs) and all(p["ready"] for p in programs),
        address=installation.address,
        data=str(installation.data),
        supervisor=runner,
        programs=programs,
    )


def _seen(
    installation: Installation, standing: dict[str, Any], ports: dict[str, int]
) -> dict[str, Any]:
    lives = still_runs(standing) is not None
    name = standing["name"]
    return {
        "name": name,
        "pid": standing["pid"] if lives else None,
        "ready": lives and _answers(installation, name, ports),
        "restarts": standing["restarts"],
        "since": standing["since"],
        "log": str(installation.logs / f"{name}.log"),
    }


def _answers(installation: Installation, name: str, ports: dict[str, int]) -> bool:
    by_name = {server.name: server for server in servers(installation, ports)}
    if name in by_name:
        return by_name[name].is_ready()
    return answers_ready(ports[f"{name}-health"])


def remote_status() -> tuple[bool, dict[str, Any]]:
    """Ask another installation's gateway how its services are doing."""
    with gateway() as http:
        services = answer(http.get("/api/v1/admin/status"))["services"]
    programs = [
        {"name": name, "ready": "unavailable" not in status, "status": status}
        for name, status in services.items()
    ]
    ready = all(program["ready"] for program in programs)
    return ready, {"ready": ready, "programs": programs}


def ask(operation: str, service: str | None = None, **fields: Any) -> dict[str, Any]:
    """Ask one service, or all of them, an administrator's question."""
    with gateway(timeout=300) as http:
        if service is None:
            services = answer(http.get(f"/api/v1/admin/{operation}", params=fields))["services"]
            return dict(services)
        path = f"/api/v1/admin/{service}/{operation}"
        return {service: answer(http.get(path, params=fields))}


def tell(operation: str, service: str | None = None, **fields: Any) -> dict[str, Any]:
    """Have one service, or all of them, do an administrator's work."""
    with gateway(timeout=300) as http:
        if service is None:
            services = answer(http.post(f"/api/v1/admin/{operation}", json=fields))["services"]
            return dict(services)
        path = f"/api/v1/admin/{service}/{operation}"
        return {service: answer(http.post(path, json=fields))}


def as_json(value: Any) -> str:
    """Write a value as people and programs read it."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def show(services: dict[str, Any], nothing: str) -> None:
    """Print what each service answered: a line per thing found, or that there is nothing."""
    found = [{"service": name, **line} for name, said in services.items() for line in lines(said)]
    kinds = {tuple(line): [one for one in found if tuple(one) == tuple(line)] for line in found}
    for same in kinds.values():
        show_table("", same)
    if not found:
        show_words(nothing)


def lines(said: Any) -> list[dict[str, Any]]:
    """An answer as lines: of its list, if it has one, else itself.

    >>> lines({"violations": ["a gap at 7"]})
    [{'violations': 'a gap at 7'}]
    >>> lines({"total": 0, "messages": []})
    []
    >>> lines({"unavailable": "request.too-late", "problem": {"title": "Too late"}})
    [{'unavailable': 'Too late'}]
    """
    if not isinstance(said, dict):
        return [{"answer": said}]
    if "unavailable" in said:
        return [{"unavailable": said.get("problem", {}).get("title", said["unavailable"])}]
    lists = [(name, value) for name, value in said.items() if isinstance(value, list)]
    if not lists:
        return [said]
    name, values = lists[0]
    return [value if isinstance(value, dict) else {name: value} for value in values]


def is_well(said: Any) -> bool:
    """Whether a service answered, and found nothing that must not be."""
    return isinstance(said, dict) and "unavailable" not in said and not said.get("violations")


def show_words(words: str) -> None:
    """Print a sentence."""
    from rich.console import Console

    Console().print(words)


def show_table(title: str, rows: Iterable[dict[str, Any]]) -> None:
    """Print rows as a table, a column per key."""
    from rich.console import Console
    from rich.table import Table

    rows = list(rows)
    if not rows:
        show_words(title)
        return
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for column in rows[0] if rows else []:
        table.add_column(column.replace("_", " "), overflow="fold")
    for row in rows:
        table.add_row(*(_cell(value) for value in row.values()))
    Console().print(table)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
