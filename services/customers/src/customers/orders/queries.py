"""Orders looked up, one by one and in lists."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from contracts.customers.orders import ListOrders
from customers.orders.model import Order
from customers.orders.store import Orders, Place
from customers.organisation.queries import units_below
from kernel.database import Transaction
from kernel.paging import page_of, place
from kernel.problems import NotFound


async def get_order(tx: Transaction, order: UUID) -> Order:
    """An order that is there.

    Raises:
        NotFound: there is none that the asking person may see.
    """
    found = await Orders(tx).get(order)
    if found is None:
        raise NotFound("order", str(order))
    return found


async def list_orders(tx: Transaction, asked: ListOrders) -> tuple[list[Order], str | None]:
    """A page of orders, the newest first, and the mark of the next."""
    rows = await Orders(tx).page(
        equal={"customer": asked.customer, "state": asked.state, "rep": asked.rep},
        units=await units_below(tx, asked.unit) if asked.unit else None,
        after=place(asked.after, _place) if asked.after else None,
        limit=asked.limit + 1,
    )
    page, following = page_of(rows, asked.limit, lambda order: (order.placed_on, order.id))
    return list(page), following


def _place(key: list[object]) -> Place:
    day, order = key
    return date.fromisoformat(str(day)), UUID(str(order))
