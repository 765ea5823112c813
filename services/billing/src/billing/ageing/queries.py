"""How long what is owed has been overdue."""

from __future__ import annotations

from datetime import date

from billing.ageing import store
from billing.batch import Row
from contracts.billing.reports import AgeingReport, AgeingRow
from kernel.database import Transaction
from kernel.money import plain

BUCKETS = ("current", "d1_30", "d31_60", "d61_90", "over_90", "total")


async def ageing(tx: Transaction, company: str, as_of: date, by: str | None) -> AgeingReport:
    """Open on a day is what was invoiced by then, less what was settled by then.

    What is settled later is open; 0 or fewer days overdue is current. Rows are sorted by name,
    those without one at the end.

    Source: BI5.
    """
    rows = await store.aged(tx, company, as_of, by)
    return AgeingReport(rows=[_row(row) for row in sorted(rows, key=_order)])


def _order(row: Row) -> tuple[bool, str, str, str]:
    return row["name"] is None, row["name"] or "", row["id"] or "", row["currency"]


def _row(row: Row) -> AgeingRow:
    amounts = {bucket: plain(row[bucket]) for bucket in BUCKETS}
    return AgeingRow(
        id=row["id"],
        name=row["name"],
        currency=row["currency"],
        invoices=row["invoices"],
        **amounts,
    )
