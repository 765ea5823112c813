"""Closing periods, and opening them again."""

from __future__ import annotations

from datetime import date

from billing.periods import queries, rules, store
from contracts.billing.periods import ClosePeriod, Periods
from kernel.database import Transaction
from kernel.ids import uuid7
from kernel.problems import NotFound
from kernel.scope import Principal


async def close(tx: Transaction, asked: ClosePeriod, who: Principal, *, today: date) -> Periods:
    """Close a company through a day that is over; an earlier day opens what lies after it.

    What is being posted now is waited for.

    Raises:
        NotFound: the company is out of the person's scope.
        ClosedInTheFuture
    """
    if asked.company not in who.units:
        raise NotFound("company", asked.company)
    rules.check_over(asked.through, today)
    await store.lock(tx, asked.company)
    await store.close(tx, uuid7(), asked.company, asked.through, asked.reason, who.person)
    return await queries.periods(tx, asked.company)
