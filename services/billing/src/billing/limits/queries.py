"""What can be asked about limits."""

from __future__ import annotations

from uuid import UUID

from billing import paging
from billing.batch import Row
from billing.exposure import queries as exposure
from billing.limits import store
from contracts.billing import limits as contract
from kernel.database import Transaction
from kernel.money import Money


async def changes(tx: Transaction, asked: contract.ListLimitChanges) -> contract.LimitChanges:
    """The history of a customer's limit, the latest first."""
    await exposure.credit_of(tx, asked.customer)
    (before,) = paging.key(asked.after, UUID) or (None,)
    rows = await store.changes(tx, asked.customer, before, asked.limit + 1)
    shown, last = paging.page(rows, asked.limit)
    return contract.LimitChanges(
        items=[_change(row) for row in shown], next=last and paging.cursor(last["id"])
    )


def _change(row: Row) -> contract.LimitChange:
    def amount(of: str) -> Money | None:
        return None if row[of] is None else Money(row[of], row["currency"])

    return contract.LimitChange(
        id=row["id"],
        kind=row["kind"],
        before=amount("before"),
        after=amount("after"),
        until=row["until"],
        source=row["source"],
        changed_by=row["changed_by"],
        changed_at=row["changed_at"],
        reason=row["reason"],
    )
