"""Quotas as they are asked for."""

from __future__ import annotations

from contracts.targets import quotas as contract
from kernel.database import Transaction
from kernel.operations import Page
from targets.paging import page_of, place
from targets.plan import store
from targets.plan.model import Quota
from targets.plan.store import rehome

__all__ = ["rehome"]


async def list_quotas(tx: Transaction, asked: contract.ListQuotas) -> Page[contract.Quota]:
    """Quotas in scope, by period and person."""
    after = place(asked.after, 2)
    found = await store.list_quotas(
        tx, asked.company, asked.person, asked.on, after, asked.limit + 1
    )
    quotas = [shown(quota, name) for quota, name in found]
    return page_of(quotas, asked.limit, lambda each: (str(each.period_start), str(each.quota)))


def shown(quota: Quota, name: str) -> contract.Quota:
    """A quota as the contract shows it."""
    return contract.Quota(
        quota=quota.id,
        key=quota.key,
        company=quota.company,
        unit=quota.unit,
        person=quota.person,
        name=name,
        period_start=quota.period.start,
        period_end=quota.period.end,
        target=quota.target,
    )
