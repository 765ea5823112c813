"""Telling each rep once a month how their customers' accounts stand."""

from __future__ import annotations

from datetime import date, timedelta

from billing.feedback import events, queries, store
from kernel.database import Transaction
from kernel.ids import uuid7
from kernel.period import Period


async def tell_month(tx: Transaction, today: date) -> bool:
    """Tell the reps of one company of the month before this one; whether there may be more.

    A rep without anything open, invoiced or collected is told nothing. Months that nobody was
    there to tell are not made up for: their feedback can still be asked for.
    """
    before = today.replace(day=1) - timedelta(days=1)
    month = Period.month(before.year, before.month)
    company = await store.next_company(tx, month.start)
    if company is None:
        return False
    people = await store.people(tx, company)
    made = [
        accounts.told(people[rep], month, uuid7())
        for rep, accounts in (await queries.by_rep(tx, company, month)).items()
        if rep in people
    ]
    await store.keep(tx, month.start, made)
    for one in made:
        tx.announce(events.ready(one), person=one.rep)
    await store.told(tx, company, month.start)
    return True
