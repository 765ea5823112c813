"""Orders, what was delivered of them and what came back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from contracts.customers.order_class import OrderClass
from customers.organisation.model import Person
from kernel.context import Context
from kernel.events import Origin
from kernel.money import Money


class State(StrEnum):
    """Where an order is on its way."""

    PLACED = "placed"
    HELD = "held"
    CONFIRMED = "confirmed"
    PARTLY_DELIVERED = "partly-delivered"
    DELIVERED = "delivered"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class Step(StrEnum):
    """What can happen to an order: billing decides, or somebody does something."""

    RESERVED = "credit reserved"
    HELD = "held"
    RELEASED = "released"
    REJECTED = "rejected"
    CANCEL = "cancel"
    DELIVER_PART = "deliver a part"
    DELIVER_ALL = "deliver"
    RETURN_PART = "return a part"
    RETURN_ALL = "return"
    EXPIRED = "reservation expired"


@dataclass(frozen=True, slots=True)
class Decision:
    """What billing decided about the credit of an order, and on which day."""

    order: UUID
    step: Step
    on: date
    because: Context
    """The message that told of it."""
    missing: Money | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Counterpart:
    """The customer of a sale, as far as a sale asks."""

    id: UUID
    name: str
    company: str
    unit: str
    owner: UUID | None
    currency: str
    active: bool


@dataclass(frozen=True, slots=True)
class Parties:
    """Who meets in a sale; None is whoever is not known, or not to the asking person."""

    customer: Counterpart | None
    unit_company: str | None = None
    """The company of the unit that sells."""
    seller: Person | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """One product that a customer orders: the price of one piece, without tax."""

    product: str
    description: str
    quantity: Decimal
    unit_price: Money
    tax_rate: Decimal
    """A fraction: 0.16 is 16 %."""


@dataclass(frozen=True, slots=True)
class Line:
    """One product of a document; price and rate are unknown where it was imported."""

    number: int
    product: str
    description: str
    quantity: Decimal
    net: Money
    gross: Money | None
    unit_price: Money | None = None
    tax_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Goods:
    """Lines with their sum; the sum is authoritative: lines need not explain all of it."""

    lines: tuple[Line, ...]
    net: Money
    gross: Money


@dataclass(frozen=True, slots=True)
class GoodsReturn:
    """Goods of a delivery that came back."""

    id: UUID
    delivery: UUID
    returned_on: date
    goods: Goods
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Goods of an order that were handed over."""

    id: UUID
    delivered_on: date
    due_on: date
    goods: Goods


@dataclass(frozen=True, slots=True)
class Order:
    """An order as it is now."""

    id: UUID
    number: str
    customer: UUID
    company: str
    unit: str
    rep: UUID | None
    state: State
    origin: Origin
    placed_on: date
    terms_days: int
    goods: Goods
    confirmed_on: date | None = None
    order_class: OrderClass = "on-account"
    """How it is paid for, which decides when it takes credit."""
    missing: Money | None = None
    reason: str = ""
    deliveries: tuple[Delivery, ...] = ()
    returns: tuple[GoodsReturn, ...] = ()
    customer_name: str | None = None
    rep_name: str | None = None

    def delivery(self, delivery: UUID) -> Delivery | None:
        """One of the order's deliveries."""
        return next((each for each in self.deliveries if each.id == delivery), None)

    def returned_of(self, delivery: UUID) -> tuple[Goods, ...]:
        """What came back of a delivery so far."""
        return tuple(each.goods for each in self.returns if each.delivery == delivery)
