"""Changes a module of the product right after it is imported, in a process that is told to.

A folder beside this one has a `sitecustomize.py`, which Python imports at its start when the
folder is on PYTHONPATH. So the product itself has no switch that breaks it.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

Change = Callable[[ModuleType], None]


class _AfterImport:
    def __init__(self, name: str, change: Change) -> None:
        self._name, self._change = name, change

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != self._name:
            return None
        sys.meta_path.remove(self)  # type: ignore[arg-type]
        spec = importlib.util.find_spec(name)
        assert spec
        assert spec.loader
        load = spec.loader.exec_module

        def load_and_change(module: ModuleType) -> None:
            load(module)
            self._change(module)

        spec.loader.exec_module = load_and_change  # type: ignore[method-assign]
        return spec


def after_import(name: str) -> Callable[[Change], Change]:
    """Register a change of the module of this name."""

    def register(change: Change) -> Change:
        sys.meta_path.insert(0, _AfterImport(name, change))  # type: ignore[arg-type]
        return change

    return register
