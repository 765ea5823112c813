"""Telling which invoices passed their due day unpaid."""

from __future__ import annotations

from datetime import date, timedelta

from billing.batch import Row
from billing.overdue import store
from contracts.billing.invoice_overdue import InvoiceOverdueV1
from kernel.database import Transaction
from kernel.money import Money

AT_ONCE = 500
ONE_DAY = timedelta(days=1)


async def tell_overdue(tx: Transaction, today: date) -> bool:
    """Tell each invoice once, on the first day after its due day on which it is still open.

    One in instalments is told of once for each of them. Days that were missed are made up for,
    one after the other, so that an invoice counts its days as if nobody had been away. What an
    import brought is history and not told.

    Returns:
        Whether there is more to do.
    """
    last = await store.last_day(tx)
    day = today if last is None or last >= today else last + ONE_DAY
    told = await store.newly_overdue(tx, day, AT_ONCE)
    for row in told:
        tx.announce(_published(row, day), person=row["rep"])
    if len(told) == AT_ONCE:
        return True
    if last is None or day > last:
        await store.looked_at(tx, day)
    return day < today


def _published(row: Row, day: date) -> InvoiceOverdueV1:
    return InvoiceOverdueV1(
        unit=row["unit"],
        invoice=row["id"],
        number=row["number"],
        customer=row["customer"],
        company=row["company"],
        rep=row["rep"],
        due_on=row["due_on"],
        instalment=row["nth"],
        overdue_days=(day - row["due_on"]).days,
        open=Money(row["open"], row["currency"]),
    )
