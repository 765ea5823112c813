"""The budgets that one transaction has locked, and what it changes of them, written once."""

from __future__ import annotations

from collections.abc import Collection

from billing.expenses import rules, store
from billing.expenses.model import Budget, Cell, Change, Exceeded, Over
from kernel.database import Transaction


class Book:
    """Budgets that are locked until the transaction ends.

    Commitments, claims and approvals all go through here, so two expenses never both take the
    last of a budget.
    """

    def __init__(self, tx: Transaction, budgets: dict[Cell, Budget]) -> None:
        self._tx = tx
        self._budgets = budgets
        self._changes: dict[Cell, Change] = {}

    @classmethod
    async def open(cls, tx: Transaction, company: str, cells: Collection[Cell]) -> Book:
        """Lock the budgets, opening those that are not there yet: without an amount."""
        rows = await store.lock(tx, company, cells)
        known = await store.categories_of(tx, company)
        overs = {row["category"]: Over(row["over"]) for row in known.values()}
        found = [store.budget(row, overs.get(row["category"], Over.STOP)) for row in rows]
        return cls(tx, {each.cell: each for each in found})

    def budget(self, cell: Cell) -> Budget:
        """A budget as it is with the changes that were saved."""
        return self._budgets[cell]

    def change(self, cell: Cell, by: Change) -> None:
        """Take from a budget, or give back."""
        self._changes[cell] = self._changes.get(cell, Change()) + by

    async def save(self, *, checked: bool = True) -> list[Exceeded]:
        """Write the changes; each budget is looked at once, with everything that touches it.

        Args:
            checked: refuse what goes over a budget that stops. What was accepted is not refused
                when it is decided or given back.

        Returns:
            The budgets that are passed now and were not before.
        """
        passed = [self._take(cell, by, checked=checked) for cell, by in self._changes.items()]
        await store.add(self._tx, self._changes)
        self._changes = {}
        return [each for each in passed if each]

    def _take(self, cell: Cell, by: Change, *, checked: bool) -> Exceeded | None:
        if checked and by.used > 0:
            rules.check_currency(cell, self._planned_in(cell))
        after, passed = rules.take(self._budgets[cell], by, checked=checked)
        self._budgets[cell] = after
        return passed

    def _planned_in(self, cell: Cell) -> set[str]:
        place = (cell.unit, cell.category, cell.month)
        return {
            other.currency
            for other, budget in self._budgets.items()
            if (other.unit, other.category, other.month) == place and budget.amount is not None
        }
