"""Which price holds, and how low it may go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from billing.prices.model import Price
from kernel.money import DifferentCurrencies, Money
from kernel.problems import Refusal

RATE = Decimal("0.0001")


@dataclass(eq=False)
class NoPrice(Refusal):
    """Nobody said what it costs there, for them, on that day."""

    code = "prices.no-price"
    title = "There is no price"
    product: str
    region: str
    day: date


@dataclass(eq=False)
class PriceNotPositive(Refusal):
    """A price is more than nothing, and neither floor nor cost is below zero."""

    code = "prices.not-positive"
    title = "A price must be more than zero"
    product: str
    amount: Money


@dataclass(eq=False)
class FloorAbovePrice(Refusal):
    """Nobody could sell at the price of the list without leave."""

    code = "prices.floor-above-price"
    title = "The floor is above the price"
    product: str
    floor: Money
    amount: Money


@dataclass(eq=False)
class MarginWithoutCost(Refusal):
    """A least margin is a share of the price that is left after the cost."""

    code = "prices.margin-without-cost"
    title = "A least margin needs the cost"
    product: str


@dataclass(eq=False)
class EndsBeforeItBegins(Refusal):
    """A price holds for a day at least."""

    code = "prices.ends-before-it-begins"
    title = "The price ends before it begins"
    product: str
    valid_from: date
    valid_to: date


@dataclass(eq=False)
class InForceAlready(Refusal):
    """What was sold by a price is not judged by another one afterwards."""

    code = "prices.in-force-already"
    title = "The price has been in force"
    product: str
    valid_from: date
    today: date


@dataclass(eq=False)
class ClassInThePast(Refusal):
    """Orders were judged by the class that a customer had then."""

    code = "prices.class-in-the-past"
    title = "A class begins today or later"
    valid_from: date
    today: date


def check_class(valid_from: date, today: date) -> date:
    """A customer changes class today or on a later day: what was sold was sold by the old one.

    Raises:
        ClassInThePast

    Source: BI8.
    """
    if valid_from < today:
        raise ClassInThePast(valid_from, today)
    return valid_from


def select(
    prices: Iterable[Price], regions: Sequence[str], customer_class: str | None, on: date
) -> Price | None:
    """A price for the customer's class goes before one for everybody, then that of the nearest region.

    Of two for the same class and region the one that began last holds: from its first day on,
    and up to the day before its end.

    Args:
        regions: where it is sold and what that belongs to, the nearest first.

    Source: BI8.

    >>> from billing.prices.model import Place
    >>> def price(amount, region, klass=None, start="2026-01-01", end=None):
    ...     place = Place("DISC-280", region, klass, "MXN")
    ...     return Price(place, day(start), end and day(end), mxn(amount))
    >>> listed = [
    ...     price("100", "acme"), price("98", "mty"), price("95", "acme", "workshop"),
    ...     price("80", "acme", "workshop", "2026-11-16", "2026-11-21"),
    ... ]
    >>> def at(on, *regions, klass=None):
    ...     return select(listed, regions, klass, day(on)).amount.amount
    >>> at("2026-03-01", "mty", "acme"), at("2026-03-01", "gdl", "acme")
    (Decimal('98'), Decimal('100'))
    >>> at("2026-11-20", "mty", "acme", klass="workshop")
    Decimal('80')
    >>> at("2026-11-21", "mty", "acme", klass="workshop")
    Decimal('95')
    """
    nearness = {region: n for n, region in enumerate(reversed(regions))}
    fitting = [
        price
        for price in prices
        if price.holds(on)
        and price.place.region in nearness
        and price.place.customer_class in {None, customer_class}
    ]
    return max(
        fitting,
        key=lambda price: (
            price.place.customer_class is not None,
            nearness[price.place.region],
            price.valid_from,
        ),
        default=None,
    )


def floor_of(price: Price) -> Money | None:
    """The floor is the higher of the price said and the one that leaves the least margin.

    | cost | least margin | floor said | floor |
    |   80 |         20 % |         90 |   100 |
    |   80 |         20 % |        110 |   110 |

    Rounded up to the minor unit, so that the margin is really left. None where nobody said one.

    Source: BI8.
    """
    floors = [] if price.floor is None else [price.floor]
    if price.cost is not None and price.least_margin is not None:
        exact = price.cost.amount / (1 - price.least_margin)
        floors.append(Money(exact, price.cost.currency).rounded(rounding=ROUND_CEILING))
    return max(floors, default=None)


def margin_rate(net: Money, cost: Money | None) -> Decimal | None:
    """What is left of the price after the cost, as a share of the price.

    Source: BI8.

    >>> margin_rate(mxn("100"), mxn("80")), margin_rate(mxn("100"), None)
    (Decimal('0.2000'), None)
    """
    if cost is None or not net:
        return None
    return ((net - cost).amount / net.amount).quantize(RATE, ROUND_HALF_UP)


def check_price(price: Price) -> Price:
    """A price is more than zero, not below its own floor, and holds for a day at least.

    Returns:
        The price in whole minor units.

    Raises:
        PriceNotPositive, DifferentCurrencies, MarginWithoutCost, FloorAbovePrice,
        EndsBeforeItBegins, TooManyDecimals

    Source: BI8.
    """
    product, currency = price.place.product, price.place.currency
    for money in (price.amount, price.floor, price.cost):
        if money is not None and money.currency != currency:
            raise DifferentCurrencies(currency, money.currency)
        if money is not None and money.amount < 0:
            raise PriceNotPositive(product, money)
    if not price.amount:
        raise PriceNotPositive(product, price.amount)
    if price.least_margin is not None and price.cost is None:
        raise MarginWithoutCost(product)
    if price.valid_to is not None and price.valid_to <= price.valid_from:
        raise EndsBeforeItBegins(product, price.valid_from, price.valid_to)
    floor = floor_of(price)
    if floor is not None and floor > price.amount:
        raise FloorAbovePrice(product, floor, price.amount)
    return replace(
        price,
        amount=price.amount.in_minor_units(),
        floor=price.floor and price.floor.in_minor_units(),
    )


def check_history(known: Iterable[Price], new: Price, today: date) -> None:
    """A price that has been in force is not rewritten; a new one begins today or later.

    What may still change of it is its end, from tomorrow on. The first price ever of a place may
    begin in the past: nothing was sold by another one.

    Args:
        known: the prices of the same place.

    Raises:
        InForceAlready

    Source: BI8.
    """
    known = list(known)
    same = [price for price in known if price.valid_from == new.valid_from]
    if same:
        if same[0] != new and not _ends_later(same[0], new, today):
            raise InForceAlready(new.place.product, new.valid_from, today)
    elif known and new.valid_from < today:
        raise InForceAlready(new.place.product, new.valid_from, today)


def _ends_later(before: Price, new: Price, today: date) -> bool:
    """Whether nothing of it changes that has happened: all is ahead, or only its end is."""
    if before.valid_from > today:
        return True
    ends = [end for end in (before.valid_to, new.valid_to) if end is not None]
    return replace(before, valid_to=new.valid_to) == new and all(end > today for end in ends)
