"""Customers' cards, as far as billing needs them, and the accounts that begin with them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from billing.batch import insert_many
from billing.tables import credit_accounts, customers
from contracts.customers.customer_changed import CustomerChangedV1
from kernel.database import Transaction


@dataclass(frozen=True, slots=True)
class Card:
    """Where a customer belongs, and in which currency they owe."""

    customer: UUID
    unit: str
    owner: UUID | None
    currency: str


CARD = ("customer", "number", "name", "company", "unit", "owner", "currency")
ACCOUNT = ("customer", "company", "unit", "owner", "currency", "limit_amount")
_CARD_KEPT = ", ".join(f"{name} = excluded.{name}" for name in CARD[1:])

# A limit that was granted is in a currency, and the card does not change it.
_ACCOUNT_KEPT = """
unit = excluded.unit, owner = excluded.owner,
currency = CASE WHEN coalesce(credit_accounts.limit_amount, 0) = 0
                 AND credit_accounts.temporary_until IS NULL AND credit_accounts.group_id IS NULL
                THEN excluded.currency ELSE credit_accounts.currency END
WHERE (credit_accounts.unit, credit_accounts.owner, credit_accounts.currency)
      IS DISTINCT FROM (excluded.unit, excluded.owner, excluded.currency)
"""


async def keep_cards(tx: Transaction, changed: Sequence[CustomerChangedV1]) -> None:
    """Cards as they are now."""
    rows = [
        (
            card.customer,
            card.number,
            card.personal.name if card.personal else None,
            card.company,
            card.unit,
            card.owner,
            card.currency,
        )
        for card in changed
    ]
    ending = f"ON CONFLICT (customer) DO UPDATE SET {_CARD_KEPT}"
    await insert_many(tx, customers, CARD, rows, ending)


async def keep_accounts(
    tx: Transaction, changed: Sequence[CustomerChangedV1], *, history: bool
) -> None:
    """An account for each card, and where it belongs by now.

    A customer registered here begins without credit, one that an import brought without limit.
    """
    limit = None if history else 0
    rows = [
        (card.customer, card.company, card.unit, card.owner, card.currency, limit)
        for card in sorted(changed, key=lambda card: card.customer)
    ]
    ending = f"ON CONFLICT (customer) DO UPDATE SET {_ACCOUNT_KEPT}"
    await insert_many(tx, credit_accounts, ACCOUNT, rows, ending)


async def visible(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, Card]:
    """The cards of those of these customers that the asking person may see."""
    rows = await tx.driver.fetch(
        "SELECT customer, unit, owner, currency FROM customers WHERE customer = ANY ($1)",
        list(ids),
    )
    return {row["customer"]: Card(*row) for row in rows}


async def numbers(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, str]:
    """What people call these customers, as far as the asking person may see them."""
    rows = await tx.driver.fetch(
        "SELECT customer, number FROM customers WHERE customer = ANY ($1)", list(ids)
    )
    return {row["customer"]: row["number"] for row in rows}
