"""What can be asked about write-offs."""

from __future__ import annotations

from uuid import UUID

from billing import paging
from billing.batch import Row
from billing.write_offs import store
from contracts.billing import write_offs as contract
from kernel.database import Transaction
from kernel.money import Money


async def listed(tx: Transaction, asked: contract.ListWriteOffs) -> contract.WriteOffs:
    """Write-offs in the person's scope, the latest first."""
    (before,) = paging.key(asked.after, UUID) or (None,)
    rows = await store.listed(
        tx, asked.company, asked.customer, asked.state, before, asked.limit + 1
    )
    shown, last = paging.page(rows, asked.limit)
    return contract.WriteOffs(
        items=[_write_off(row) for row in shown], next=last and paging.cursor(last["id"])
    )


def _write_off(row: Row) -> contract.WriteOff:
    return contract.WriteOff(
        write_off=row["id"],
        item=row["item"],
        invoice=row["document"],
        invoice_number=row["number"],
        unit=row["unit"],
        customer=row["customer"],
        customer_name=row["customer_name"],
        amount=Money(row["amount"], row["currency"]),
        bad_debt=row["bad_debt"],
        reason=row["reason"],
        state=row["state"],
        requested_by=row["requested_by"],
        requested_at=row["requested_at"],
        written_off_on=row["written_off_on"],
    )
