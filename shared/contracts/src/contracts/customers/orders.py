"""Orders: placed, cancelled, delivered, returned, looked up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from contracts.customers.order_class import OrderClass
from contracts.lines import Lines
from kernel.events import Message, Origin
from kernel.money import Money
from kernel.operations import (
    ADMINISTRATOR,
    DIRECTOR,
    MANAGER,
    REP,
    Command,
    Page,
    Question,
)

SELLERS = frozenset({REP, MANAGER, DIRECTOR, ADMINISTRATOR})
OrderState = Literal[
    "placed", "held", "confirmed", "partly-delivered", "delivered", "returned", "cancelled"
]
Quantity = Annotated[Decimal, Field(max_digits=18, decimal_places=6)]
Reason = Annotated[str, Field(max_length=500)]


class NewLine(Message):
    """One product of an order: the price of one piece, without tax."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    product: Annotated[str, Field(min_length=1, max_length=100)]
    description: Annotated[str, Field(max_length=500)] = ""
    quantity: Quantity
    unit_price: Money
    tax_rate: Annotated[Decimal, Field(ge=0, le=1, decimal_places=6)] = Decimal(0)
    """A fraction: 0.16 is 16 %."""


class LineQuantity(Message):
    """How much of a line, named by its number within the order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    quantity: Quantity


class OrderLine(Message):
    """A line and what became of it; price and rate are unknown for imported lines."""

    number: int
    product: str
    description: str = ""
    quantity: Decimal
    unit_price: Money | None = None
    tax_rate: Decimal | None = None
    net: Money
    gross: Money | None = None
    delivered: Decimal
    returned: Decimal


class Delivery(Message):
    """A delivery of the order, with the amounts that it made due."""

    delivery: UUID
    delivered_on: date
    due_on: date
    net: Money
    gross: Money
    lines: Lines


class GoodsReturn(Message):
    """Goods of a delivery that came back; amounts are positive."""

    goods_return: UUID
    delivery: UUID
    returned_on: date
    net: Money
    gross: Money
    lines: Lines
    reason: str = ""


class Order(Message):
    """An order as it is now."""

    order: UUID
    number: str
    customer: UUID
    customer_name: str | None
    """None where the card is outside your scope."""
    company: str
    unit: str
    rep: UUID | None
    rep_name: str | None
    state: OrderState
    origin: Origin
    placed_on: date
    confirmed_on: date | None = None
    terms_days: int
    order_class: OrderClass = "on-account"
    net: Money
    gross: Money
    """Taxes included."""
    missing: Money | None = None
    """While it is held: what the credit falls short by."""
    reason: str = ""
    """Why it was cancelled."""
    lines: Sequence[OrderLine]
    deliveries: Sequence[Delivery] = ()
    returns: Sequence[GoodsReturn] = ()


class OrderRow(Message):
    """An order as lists show it."""

    order: UUID
    number: str
    customer: UUID
    customer_name: str | None
    """None where the card is outside your scope."""
    company: str
    unit: str
    rep: UUID | None
    rep_name: str | None
    state: OrderState
    placed_on: date
    net: Money
    gross: Money
    missing: Money | None = None


class PlaceOrder(Command[Order]):
    """An order that asks billing for credit.

    Without `unit` it is the customer's, without `rep` the customer's owner (for a rep: their
    own), without `number` one is given, without `placed_on` it is today.
    """

    operation: ClassVar = "customers.place-order"
    answer: ClassVar = Order
    roles: ClassVar = SELLERS
    customer: UUID
    unit: str | None = None
    rep: UUID | None = None
    number: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    placed_on: date | None = None
    terms_days: Annotated[int, Field(ge=0, le=365)] = 30
    """Days from a delivery to the day on which it is due."""
    order_class: OrderClass = "on-account"
    """How it is paid for: on account, called off bit by bit, in cash, in advance."""
    lines: Annotated[Sequence[NewLine], Field(min_length=1, max_length=500)]


class CancelOrder(Command[Order]):
    """The order will not be delivered; only before the first delivery."""

    operation: ClassVar = "customers.cancel-order"
    answer: ClassVar = Order
    roles: ClassVar = SELLERS
    order: UUID
    reason: Reason = ""


class DeliverOrder(Command[Order]):
    """Hand over all that remains, or the given quantities of some lines."""

    operation: ClassVar = "customers.deliver-order"
    answer: ClassVar = Order
    roles: ClassVar = SELLERS
    order: UUID
    delivered_on: date | None = None
    lines: Annotated[Sequence[LineQuantity], Field(min_length=1, max_length=500)] | None = None


class ReturnOrder(Command[Order]):
    """Take back all that remains of a delivery, or the given quantities of some of its lines.

    `delivery` may be left out where the order has only one.
    """

    operation: ClassVar = "customers.return-order"
    answer: ClassVar = Order
    roles: ClassVar = SELLERS
    order: UUID
    delivery: UUID | None = None
    returned_on: date | None = None
    reason: Reason = ""
    lines: Annotated[Sequence[LineQuantity], Field(min_length=1, max_length=500)] | None = None


class GetOrder(Question[Order]):
    """One order, by its identifier."""

    operation: ClassVar = "customers.get-order"
    answer: ClassVar = Order
    order: UUID


class ListOrders(Question[Page[OrderRow]]):
    """Orders, the newest first; `unit` means that unit and those below it."""

    operation: ClassVar = "customers.list-orders"
    answer: ClassVar = Page[OrderRow]
    customer: UUID | None = None
    state: OrderState | None = None
    unit: str | None = None
    rep: UUID | None = None
    after: str | None = None
    """`next` of the page before."""
    limit: Annotated[int, Field(ge=1, le=500)] = 100
