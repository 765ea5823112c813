"""Cards looked up, one by one and in lists."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from contracts.customers.cards import ListCustomers
from customers.cards.alphabet import sort_key, wanted
from customers.cards.model import Card
from customers.cards.store import Cards, Place
from customers.organisation.queries import units_below
from kernel.database import Transaction
from kernel.paging import page_of, place
from kernel.problems import NotFound


async def find_card(tx: Transaction, customer: UUID) -> Card | None:
    """A card without its contacts; None when there is none that the asking person may see."""
    return await Cards(tx).find(customer)


async def get_card(tx: Transaction, customer: UUID) -> Card:
    """A card that is there, with its contacts.

    Raises:
        NotFound: there is none that the asking person may see.
    """
    card = await Cards(tx).get(customer)
    if card is None:
        raise NotFound("customer", str(customer))
    return card


async def list_cards(tx: Transaction, asked: ListCustomers) -> tuple[list[Card], str | None]:
    """A page of cards in the order of the Spanish alphabet, and the mark of the next."""
    rows = await Cards(tx).page(
        beginnings=wanted(asked.search or ""),
        units=await units_below(tx, asked.unit) if asked.unit else None,
        owner=asked.owner,
        after=place(asked.after, _place) if asked.after else None,
        limit=asked.limit + 1,
    )
    page, following = page_of(rows, asked.limit, _key)
    return list(page), following


def _key(card: Card) -> tuple[object, ...]:
    return sort_key(card.name or card.number), card.id


def _place(key: list[object]) -> Place:
    name, customer = key
    return str(name), UUID(str(customer))


async def currencies_of(
    tx: Transaction, company: str, customers: Sequence[UUID]
) -> dict[UUID, str]:
    """Those of the customers who belong to the company, each with its currency."""
    return await Cards(tx).currencies(company, customers) if customers else {}
