"""Discounts: asked for, decided by those who may, and orders that took one without asking."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from contracts.billing.limits import EVERY_UNIT
from contracts.billing.prices import Currency, Product
from kernel.events import Message
from kernel.money import Money
from kernel.operations import (
    ADMINISTRATOR,
    DIRECTOR,
    EVERYONE,
    MANAGER,
    REP,
    Command,
    Page,
    Question,
)

SELLERS = frozenset({REP, MANAGER, DIRECTOR, ADMINISTRATOR})
DiscountState = Literal["requested", "approved", "rejected", "expired"]
Scope = Literal["line", "document"]
Rate = Annotated[Decimal, Field(ge=0, le=1, decimal_places=6)]


class OfferLine(Message):
    """A line of an offer with the price of one piece that is asked for, without tax."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int = Field(ge=1)
    product: Product
    quantity: Annotated[Decimal, Field(gt=0, max_digits=18, decimal_places=6)]
    unit_price: Money


class DiscountLine(Message):
    """What the discount does to a line; `own` is its own part, `share` that of the document's."""

    number: int
    product: str
    quantity: Decimal
    list_price: Money
    unit_price: Money
    listed: Money
    own: Money
    share: Money
    net: Money
    rate: Decimal
    floor: Money | None
    """Of one piece."""
    below_floor: bool
    margin_rate: Decimal | None
    """Shown to those who lead."""


class Discount(Message):
    """A request with its working, and what was decided about it."""

    discount: UUID
    company: str
    unit: str
    rep: UUID
    rep_name: str | None
    customer: UUID
    customer_name: str | None
    document: UUID | None
    number: str
    state: DiscountState
    listed: Money
    discounted: Money
    rate: Decimal
    net: Money
    below_floor: bool
    reason: str
    requested_at: datetime
    valid_until: date
    """The last day."""
    decided_by: UUID | None
    decided_at: datetime | None
    verdict: str
    lines: Sequence[DiscountLine]


class RequestDiscount(Command[Discount]):
    """Ask for prices below the list; granted at once where the own authority suffices.

    A discount of the whole document, as an amount or as a fraction, comes on top of what the
    lines' prices say. Without `unit` it is the customer's.
    """

    operation: ClassVar = "billing.request-discount"
    answer: ClassVar = Discount
    roles: ClassVar = SELLERS
    customer: UUID
    unit: str | None = None
    document: UUID | None = None
    number: str = Field(min_length=1, max_length=60)
    """Of the quote or order."""
    lines: Annotated[Sequence[OfferLine], Field(min_length=1, max_length=200)]
    off_amount: Money | None = None
    off_rate: Rate | None = None
    valid_days: int = Field(default=30, ge=0, le=365)
    reason: str = Field(min_length=1, max_length=500)


class GetDiscount(Question[Discount]):
    """One discount with its working."""

    operation: ClassVar = "billing.get-discount"
    answer: ClassVar = Discount
    roles: ClassVar = EVERYONE
    discount: UUID


class ListDiscounts(Question[Page[Discount]]):
    """Discounts in scope, the latest first; reps see their own."""

    operation: ClassVar = "billing.list-discounts"
    answer: ClassVar = Page[Discount]
    roles: ClassVar = EVERYONE
    company: str | None = None
    customer: UUID | None = None
    state: DiscountState | None = None
    after: str | None = None
    limit: int = Field(default=50, ge=1, le=200)


class DiscountAuthority(Message):
    """Up to how much a role may take off a line, or a document; None is without a bound.

    The one nearest to a unit holds there.
    """

    unit: str = EVERY_UNIT
    role: str
    scope: Scope
    currency: str
    rate: Decimal | None
    amount: Money | None
    below_floor: bool


class DiscountAuthorities(Message):
    """Who may take off how much in a company: its own rows, or those that hold by default."""

    company: str
    items: Sequence[DiscountAuthority]


class ListDiscountAuthorities(Question[DiscountAuthorities]):
    """Who may take off how much in a company."""

    operation: ClassVar = "billing.list-discount-authorities"
    answer: ClassVar = DiscountAuthorities
    roles: ClassVar = EVERYONE
    company: str


class SetDiscountAuthority(Command[DiscountAuthorities]):
    """Say how much a role may take off, in a company or at one unit of it and below.

    A rate is a fraction of the price by the list.
    """

    operation: ClassVar = "billing.set-discount-authority"
    answer: ClassVar = DiscountAuthorities
    roles: ClassVar = frozenset({ADMINISTRATOR})
    company: str
    unit: str = EVERY_UNIT
    role: Literal["rep", "manager", "director", "administrator"]
    scope: Scope
    currency: Currency
    rate: Rate | None
    amount: Money | None
    below_floor: bool = False


class PriceBreach(Message):
    """A line of an order below the floor of its product, and nobody had granted it."""

    order: UUID
    number: str
    line: int
    company: str
    unit: str
    rep: UUID | None
    rep_name: str | None
    customer: UUID
    customer_name: str | None
    placed_on: date
    product: str
    quantity: Decimal
    net: Money
    least: Money
    short: Money


class ListPriceBreaches(Question[Page[PriceBreach]]):
    """Breaches of the price policy in scope, the latest first."""

    operation: ClassVar = "billing.list-price-breaches"
    answer: ClassVar = Page[PriceBreach]
    roles: ClassVar = EVERYONE
    company: str | None = None
    customer: UUID | None = None
    after: str | None = None
    limit: int = Field(default=100, ge=1, le=500)
