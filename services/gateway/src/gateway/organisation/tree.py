"""Which units stand below which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit; without a parent it is a company."""

    id: str
    company: str
    parent: str | None
    name: str


@dataclass(frozen=True)
class Tree:
    """The organisation at one moment.

    >>> tree = Tree.of([Unit("acme", "acme", None, "Acme"), Unit("mty", "acme", "acme", "MTY")])
    >>> tree.below("acme"), tree.below("mty"), tree.below("nowhere")
    (('acme', 'mty'), ('mty',), ())
    """

    units: dict[str, Unit]
    children: dict[str, list[str]] = field(default_factory=dict)
    _below: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, units: Iterable[Unit]) -> Tree:
        """The tree of these units; a unit whose parent is not known yet hangs nowhere."""
        tree = cls({unit.id: unit for unit in units})
        for unit in tree.units.values():
            if unit.parent is not None:
                tree.children.setdefault(unit.parent, []).append(unit.id)
        return tree

    def everything(self) -> Iterable[str]:
        """Every unit of every company."""
        return self.units.keys()

    def below(self, unit: str) -> tuple[str, ...]:
        """The unit itself and all below it; empty when it is not known."""
        if unit not in self._below:
            self._below[unit] = tuple(self._walk(unit))
        return self._below[unit]

    def companies(self, units: Iterable[str]) -> Sequence[Unit]:
        """The companies these units belong to, by name."""
        ids = {self.units[unit].company for unit in units if unit in self.units}
        found = [self.units[company] for company in ids if company in self.units]
        return sorted(found, key=lambda unit: (unit.name, unit.id))

    def _walk(self, root: str) -> list[str]:
        seen: dict[str, None] = {}
        waiting = [root] if root in self.units else []
        while waiting:
            unit = waiting.pop()
            if unit not in seen:  # a ring in the tree must not hang us
                seen[unit] = None
                waiting.extend(self.children.get(unit, ()))
        return sorted(seen)
