"""What can be asked about disputes."""

from __future__ import annotations

from uuid import UUID

from billing import paging
from billing.batch import Row
from billing.disputes import store
from contracts.billing import disputes as contract
from kernel.database import Transaction
from kernel.money import Money


async def listed(tx: Transaction, asked: contract.ListDisputes) -> contract.Disputes:
    """Disputes in the person's scope, the latest first."""
    (before,) = paging.key(asked.after, UUID) or (None,)
    rows = await store.listed(
        tx, asked.company, asked.customer, asked.open_only, before, asked.limit + 1
    )
    shown, last = paging.page(rows, asked.limit)
    return contract.Disputes(
        items=[_dispute(row) for row in shown], next=last and paging.cursor(last["id"])
    )


def _dispute(row: Row) -> contract.Dispute:
    return contract.Dispute(
        id=row["id"],
        item=row["item"],
        invoice=row["document"],
        invoice_number=row["number"],
        instalment=row["nth"],
        unit=row["unit"],
        customer=row["customer"],
        customer_name=row["customer_name"],
        open=Money(row["open"], row["currency"]),
        disputed_on=row["disputed_on"],
        reason=row["reason"],
        disputed_by=row["disputed_by"],
        settled_on=row["settled_on"],
        outcome=row["outcome"],
        note=row["note"],
        settled_by=row["settled_by"],
    )
