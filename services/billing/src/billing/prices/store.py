"""Prices and classes of customers in the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Date, DateTime, Numeric, Table, Text, Uuid

from billing.batch import Row, insert_many
from billing.prices.model import Place, Price
from billing.tables import metadata
from kernel.database import Transaction
from kernel.money import Money

prices = Table(
    "prices",
    metadata,
    Column("company", Text, primary_key=True),
    Column("product", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("customer_class", Text, primary_key=True),
    Column("currency", Text, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
    Column("amount", Numeric),
    Column("floor", Numeric),
    Column("cost", Numeric),
    Column("least_margin", Numeric),
    Column("set_by", Uuid),
    Column("set_at", DateTime(timezone=True)),
)

customer_classes = Table(
    "customer_classes",
    metadata,
    Column("customer", Uuid, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("company", Text),
    Column("class", Text),
    Column("set_by", Uuid),
    Column("set_at", DateTime(timezone=True)),
)

KEY = ("company", "product", "region", "customer_class", "currency", "valid_from")
PRICE = (*KEY, "valid_to", "amount", "floor", "cost", "least_margin", "set_by")
_KEPT = ", ".join(f"{name} = excluded.{name}" for name in PRICE[len(KEY) :])


async def lock_list(tx: Transaction, company: str) -> None:
    """One price list is changed by one person at a time."""
    lock = "SELECT pg_advisory_xact_lock(hashtextextended('prices/' || $1, 0))"
    await tx.driver.execute(lock, company)


async def put(tx: Transaction, company: str, new: Sequence[Price], by: UUID) -> None:
    """Prices of the list as they are from now on."""
    rows = [(company, *_values(price), by) for price in new]
    ending = f"ON CONFLICT ({', '.join(KEY)}) DO UPDATE SET {_KEPT}"
    await insert_many(tx, prices, PRICE, rows, ending)


def _values(price: Price) -> tuple[Any, ...]:
    place = price.place
    return (
        place.product,
        place.region,
        place.customer_class,
        place.currency,
        price.valid_from,
        price.valid_to,
        price.amount.amount,
        _amount(price.floor),
        _amount(price.cost),
        price.least_margin,
    )


def _amount(money: Money | None) -> Decimal | None:
    return None if money is None else money.amount


def price(row: Row) -> Price:
    """A price from its row."""
    currency = row["currency"]

    def money(name: str) -> Money | None:
        return None if row[name] is None else Money(row[name], currency)

    return Price(
        Place(row["product"], row["region"], row["customer_class"], currency),
        row["valid_from"],
        row["valid_to"],
        Money(row["amount"], currency),
        money("floor"),
        money("cost"),
        row["least_margin"],
    )


OF_PRODUCTS = "SELECT * FROM prices WHERE company = ANY ($1) AND product = ANY ($2)"


async def of_products(
    tx: Transaction, companies: Collection[str], products: Collection[str]
) -> list[tuple[str, Price]]:
    """Every price of these products, each with its company."""
    rows = await tx.driver.fetch(OF_PRODUCTS, list(companies), list(products))
    return [(row["company"], price(row)) for row in rows]


LIST = """
SELECT * FROM prices WHERE company = $1 AND ($2::text IS NULL OR product = $2)
  AND ($3::date IS NULL OR valid_from <= $3 AND (valid_to IS NULL OR $3 < valid_to))
  AND ($4::text IS NULL OR (product, region, coalesce(customer_class, ''), currency, valid_from)
                         > ($4, $5::text, $6::text, $7::text, $8::date))
ORDER BY product, region, coalesce(customer_class, ''), currency, valid_from LIMIT $9
"""
NOWHERE = (None,) * 5


async def list_prices(
    tx: Transaction,
    which: tuple[str, str | None, date | None],
    after: tuple[Any, ...] | None,
    limit: int,
) -> Sequence[Row]:
    """A price list by product, region and class; `which` is company, product and day."""
    return await tx.driver.fetch(LIST, *which, *(after or NOWHERE), limit)


CLASSES = """
SELECT DISTINCT ON (customer) customer, class FROM customer_classes
WHERE customer = ANY ($1) AND valid_from <= $2 ORDER BY customer, valid_from DESC
"""


async def classes_of(
    tx: Transaction, customers: Collection[UUID], on: date
) -> dict[UUID, str | None]:
    """The classes of customers on a day; who was never classified is not in it."""
    rows = await tx.driver.fetch(CLASSES, list(customers), on)
    return {row["customer"]: row["class"] for row in rows}


async def class_history(tx: Transaction, customer: UUID) -> Sequence[Row]:
    """The classes of a customer, the latest first."""
    return await tx.driver.fetch(
        "SELECT class, valid_from, set_by FROM customer_classes WHERE customer = $1"
        " ORDER BY valid_from DESC",
        customer,
    )


async def classify(
    tx: Transaction, customer: UUID, company: str, of: str | None, since: date, by: UUID
) -> None:
    """The class of a customer from a day on."""
    await tx.driver.execute(
        "INSERT INTO customer_classes (customer, valid_from, company, class, set_by)"
        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (customer, valid_from)"
        " DO UPDATE SET class = $4, set_by = $5, set_at = now()",
        customer,
        since,
        company,
        of,
        by,
    )


COMPANY_OF = "SELECT company FROM customers WHERE customer = $1"


async def company_of(tx: Transaction, customer: UUID) -> str | None:
    """The company of a customer in scope."""
    company: str | None = await tx.driver.fetchval(COMPANY_OF, customer)
    return company
