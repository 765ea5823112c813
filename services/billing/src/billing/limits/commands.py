"""Granting credit."""

from __future__ import annotations

from typing import Any

from billing.authorities import queries as authorities
from billing.exposure import queries as exposure
from billing.exposure.book import Book
from billing.exposure.store import AccountRow
from billing.limits import rules, store
from contracts.billing.limit_changed import LimitChangedV1
from contracts.billing.limits import CreditAccount, SetLimit
from kernel.database import Transaction
from kernel.ids import uuid7
from kernel.money import Money
from kernel.scope import Principal


async def set_limit(tx: Transaction, asked: SetLimit, who: Principal) -> CreditAccount:
    """Grant a customer a limit, or lift every limit.

    What was accepted stays accepted when the limit is lowered.
    """
    seen = await exposure.credit_of(tx, asked.customer)
    account = (await Book.of_customers(tx, [asked.customer])).account(asked.customer)
    roles = await authorities.roles_at(tx, who, seen.company, seen.unit)
    upto = await authorities.held(tx, account.company, "set-limit", seen.unit)
    limit = rules.granted(asked.limit, account.currency, roles, upto)
    await store.set_limit(tx, asked.customer, limit)
    await store.note_change(tx, _change(account, limit, asked, who))
    tx.announce(_published(account, limit, who))
    return await exposure.credit_of(tx, asked.customer)


def _change(
    account: AccountRow, limit: Money | None, asked: SetLimit, who: Principal
) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "customer": account.customer,
        "currency": account.currency,
        "before": None if account.limit is None else account.limit.amount,
        "after": None if limit is None else limit.amount,
        "changed_by": who.person,
        "reason": asked.reason,
    }


def _published(account: AccountRow, limit: Money | None, who: Principal) -> LimitChangedV1:
    return LimitChangedV1(
        unit=account.unit,
        customer=account.customer,
        company=account.company,
        limit=limit,
        changed_by=who.person,
    )
