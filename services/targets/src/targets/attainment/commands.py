"""A fact comes in: it is kept, counted, earns commission, and may reach a quota."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from kernel.context import Context, within
from kernel.database import Transaction
from targets.attainment import rules, store
from targets.attainment.events import attainment_reached
from targets.attainment.model import Document
from targets.commissions import queries as commissions

News = Mapping[UUID, Context]
"""What each document that is news follows from."""


async def count(tx: Transaction, documents: Sequence[Document], live: News, at: datetime) -> None:
    """Count documents; one that was counted before changes nothing.

    Those in `live` are news; the others are history that is brought in.
    """
    await store.share_lock(tx, (document.company for document in documents))
    added = await store.add_documents(tx, documents)
    if not added:
        return
    ids = [document.id for document in added]
    await store.count(tx, ids)
    await commissions.earn(tx, ids)
    await _reach(tx, added, live, at)


async def _reach(tx: Transaction, added: Sequence[Document], live: News, at: datetime) -> None:
    """Mark quotas that are reached now, and tell of it where it is news."""
    sold = [(document.rep, document.issued_on) for document in added if document.rep is not None]
    quotas = await store.lock_open_quotas(tx, sold)
    if not quotas:
        return
    standings = await store.actuals_of(tx, quotas)
    reached = [each for each in standings if rules.is_reached(each[1], each[0].target)]
    await store.mark_reached(tx, [quota.id for quota, _ in reached], at)
    news = {document.rep: live[document.id] for document in added if document.id in live}
    for quota, actual in reached:
        if quota.person in news:
            with within(news[quota.person]):
                tx.announce(attainment_reached(quota, actual), person=quota.person)
