"""Every event and every operation that there is, found by importing all contracts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from typing import Any, TypeVar

import contracts
from kernel.events import Event
from kernel.operations import Operation

T = TypeVar("T")


@cache
def events() -> dict[str, type[Event]]:
    """The body of every event, by type."""
    _import_all()
    found = (each for each in _below(Event) if "type" in vars(each) and _is_ours(each))
    return {each.type: each for each in sorted(found, key=lambda each: each.type)}


@cache
def operations() -> dict[str, type[Operation[Any]]]:
    """Every question and command, by name."""
    _import_all()
    found = (each for each in _below(Operation) if "operation" in vars(each) and _is_ours(each))
    return {each.operation: each for each in sorted(found, key=lambda each: each.operation)}


def _import_all() -> None:
    for module in walk_packages(contracts.__path__, "contracts."):
        import_module(module.name)


def _is_ours(kind: type[object]) -> bool:
    return kind.__module__.startswith("contracts.")


def _below(kind: type[T]) -> Iterator[type[T]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)
