"""What can be asked about closed periods."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from billing.periods import rules, store
from contracts.billing import periods as contract
from kernel.database import Transaction

SHOWN = 100


async def first_open_day(tx: Transaction, company: str) -> date | None:
    """The first day of a company that may be posted into; None when all may."""
    return rules.first_open_day((await store.closed_through(tx, [company])).get(company))


async def first_open_days(tx: Transaction, companies: Collection[str]) -> dict[str, date]:
    """The first open day of each of these companies that ever closed a period."""
    closed = await store.closed_through(tx, companies)
    return {company: through + rules.ONE_DAY for company, through in closed.items()}


async def periods(tx: Transaction, company: str) -> contract.Periods:
    """Up to where a company is closed, and how it came to that."""
    rows = await store.history(tx, company, SHOWN)
    closed = (await store.closed_through(tx, [company])).get(company)
    return contract.Periods(
        company=company,
        closed_through=closed,
        first_open=rules.first_open_day(closed),
        history=[
            contract.Closing(
                through=row["through"],
                reason=row["reason"],
                closed_by=row["closed_by"],
                closed_at=row["closed_at"],
            )
            for row in rows
        ],
    )
