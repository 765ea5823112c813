"""Prices, as the rules speak of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kernel.money import Money


@dataclass(frozen=True, slots=True)
class Place:
    """What a price is for: a product in a region and all below it, and a class of customers."""

    product: str
    region: str
    """A unit; the company itself is everywhere."""
    customer_class: str | None
    """None is every customer."""
    currency: str


@dataclass(frozen=True, slots=True)
class Price:
    """The price of one piece without tax, from a day on.

    A price that ends lies over the one before it, which then holds again.
    """

    place: Place
    valid_from: date
    valid_to: date | None
    """The first day on which it no longer holds; None is until another begins."""
    amount: Money
    floor: Money | None = None
    """Nobody sells below it on their own."""
    cost: Money | None = None
    least_margin: Decimal | None = None
    """A fraction of the price: 0.2 is 20 %."""

    def holds(self, day: date) -> bool:
        """Whether it holds on this day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)
