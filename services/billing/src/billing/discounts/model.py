"""Discounts, as the rules speak of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal
from uuid import UUID

from kernel.money import Money

Scope = Literal["line", "document"]


class State(StrEnum):
    """How far a request is; an approved one that is past its last day is expired."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Offered:
    """A line of an offer: the price of one piece by the list, and the one that is asked for."""

    number: int
    product: str
    quantity: Decimal
    list_price: Money
    unit_price: Money
    floor: Money | None = None
    cost: Money | None = None


@dataclass(frozen=True, slots=True)
class Worked:
    """What a discount does to a line, after all: its own part and its share of the document's."""

    offered: Offered
    listed: Money
    own: Money
    share: Money

    @property
    def discount(self) -> Money:
        """All that is taken off the line."""
        return self.own + self.share

    @property
    def net(self) -> Money:
        """What is left to pay for the line, without tax."""
        return self.listed - self.discount

    @property
    def below_floor(self) -> bool:
        """Whether the line ends below the floor of its product; exactly the floor does not."""
        floor = self.offered.floor
        return floor is not None and self.net < floor.times(self.offered.quantity)


@dataclass(frozen=True, slots=True)
class Working:
    """A discount, line by line."""

    lines: Sequence[Worked]
    currency: str

    @property
    def listed(self) -> Money:
        """What all of it costs by the list."""
        return Money.total((line.listed for line in self.lines), self.currency)

    @property
    def discount(self) -> Money:
        """What is taken off in all."""
        return Money.total((line.discount for line in self.lines), self.currency)

    @property
    def net(self) -> Money:
        """What is left to pay, without tax."""
        return self.listed - self.discount

    @property
    def below_floor(self) -> bool:
        """Whether one of the lines ends below its floor."""
        return any(line.below_floor for line in self.lines)


@dataclass(frozen=True, slots=True)
class Authority:
    """Up to how much a role may take off a line or a document; None is without a bound."""

    role: str
    scope: Scope
    currency: str
    rate: Decimal | None
    """A fraction of the price by the list: 0.05 is 5 %."""
    amount: Money | None
    below_floor: bool = False
    unit: str = "*"
    """Where it holds, and below; * is wherever nothing nearer is said."""


@dataclass(frozen=True, slots=True)
class Sold:
    """A line of an order that is compared with the prices of its day."""

    number: int
    product: str
    quantity: Decimal
    net: Money
    floor: Money | None


@dataclass(frozen=True, slots=True)
class Granted:
    """What an approved discount lets a customer buy: so many pieces for so much, until a day."""

    discount: UUID
    product: str
    quantity: Decimal
    net: Money
    valid_until: date
    """The last day."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A line sold below its floor without leave, and by how much."""

    sold: Sold
    least: Money
    short: Money
