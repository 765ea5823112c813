"""Price lists: what each product costs where, for whom and from when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import ConfigDict, Field

from kernel.events import Message
from kernel.money import Money
from kernel.operations import (
    ADMINISTRATOR,
    ANALYST,
    DIRECTOR,
    EVERYONE,
    MANAGER,
    Command,
    Page,
    Question,
)

PRICERS = frozenset({DIRECTOR, ADMINISTRATOR})
SEE_COSTS = frozenset({MANAGER, DIRECTOR, ANALYST, ADMINISTRATOR})

Product = Annotated[str, Field(min_length=1, max_length=100)]
CustomerClass = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class NewPrice(Message):
    """The price of one piece without tax, from a day on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    product: Product
    region: str | None = None
    """A unit and all below it; without it the whole company."""
    customer_class: CustomerClass | None = None
    """Without it every customer."""
    amount: Money
    floor: Money | None = None
    """Nobody sells below it on their own."""
    cost: Money | None = None
    least_margin: Annotated[Decimal, Field(ge=0, lt=1, decimal_places=6)] | None = None
    """A fraction of the price; the floor is never below what leaves it."""
    valid_from: date
    valid_to: date | None = None
    """The first day on which it no longer holds; the price before it holds again."""


class PricesPut(Message):
    """What became of a price list: a price that was there already is unchanged."""

    added: int
    changed: int
    unchanged: int


class PutPrices(Command[PricesPut]):
    """Add prices to the list of a company, all of them or none.

    A price that has been in force is not rewritten; what may change of it is its end.
    """

    operation: ClassVar = "billing.put-prices"
    answer: ClassVar = PricesPut
    roles: ClassVar = PRICERS
    company: str
    prices: Annotated[Sequence[NewPrice], Field(min_length=1, max_length=2000)]


class ListedPrice(Message):
    """A price of the list; cost and margin are shown to those who lead."""

    product: str
    region: str
    customer_class: str | None
    amount: Money
    floor: Money | None
    """The higher of the floor that was said and the one that leaves the least margin."""
    cost: Money | None
    margin_rate: Decimal | None
    valid_from: date
    valid_to: date | None


class ListPrices(Question[Page[ListedPrice]]):
    """The price list of a company by product; with `on` only what holds on that day."""

    operation: ClassVar = "billing.list-prices"
    answer: ClassVar = Page[ListedPrice]
    roles: ClassVar = EVERYONE
    company: str
    product: str | None = None
    on: date | None = None
    after: str | None = None
    limit: int = Field(default=100, ge=1, le=500)


class GetPrice(Question[ListedPrice]):
    """What a product costs at a unit for a customer on a day (today).

    The price for the customer's class goes before one for everybody, then the nearest region.
    """

    operation: ClassVar = "billing.get-price"
    answer: ClassVar = ListedPrice
    roles: ClassVar = EVERYONE
    product: Product
    unit: str
    currency: Currency
    customer: UUID | None = None
    on: date | None = None


class ClassFrom(Message):
    """The class of a customer from a day on."""

    customer_class: str | None
    valid_from: date
    set_by: UUID


class CustomerClasses(Message):
    """The class of a customer today, and its history, the latest first."""

    customer: UUID
    customer_class: str | None
    items: Sequence[ClassFrom]


class GetCustomerClass(Question[CustomerClasses]):
    """Which prices a customer has."""

    operation: ClassVar = "billing.get-customer-class"
    answer: ClassVar = CustomerClasses
    roles: ClassVar = EVERYONE
    customer: UUID


class ClassifyCustomer(Command[CustomerClasses]):
    """Put a customer into a class of prices from a day on: today, or later."""

    operation: ClassVar = "billing.classify-customer"
    answer: ClassVar = CustomerClasses
    roles: ClassVar = SEE_COSTS - {ANALYST}
    customer: UUID
    customer_class: CustomerClass | None
    valid_from: date | None = None
