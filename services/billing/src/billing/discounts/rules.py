"""How much a discount takes off, who may grant it, and which orders took it without asking."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from billing.discounts.model import (
    Authority,
    Breach,
    Granted,
    Offered,
    Sold,
    State,
    Worked,
    Working,
)
from kernel.money import DifferentCurrencies, Money
from kernel.problems import Refusal

RATE = Decimal("0.0001")


@dataclass(eq=False)
class NothingOff(Refusal):
    """What is asked for is no less than the price of the list."""

    code = "discounts.nothing-off"
    title = "There is no discount to decide"
    listed: Money
    requested: Money


@dataclass(eq=False)
class MoreThanAll(Refusal):
    """A discount takes off no more than the price."""

    code = "discounts.more-than-all"
    title = "The discount is more than the price"
    number: int


@dataclass(eq=False)
class LineTwice(Refusal):
    """Every line of an offer has a number of its own."""

    code = "discounts.line-twice"
    title = "A line number is there twice"
    number: int


@dataclass(eq=False)
class NobodyMay(Refusal):
    """No role of the company has the authority for such a discount."""

    code = "discounts.nobody-may"
    title = "Nobody may grant this discount"
    discount: Money
    rate: Decimal


@dataclass(eq=False)
class DiscountExpired(Refusal):
    """The last day of the offer is past; prices may have changed since."""

    code = "discounts.expired"
    title = "The request has expired"
    valid_until: date


@dataclass(eq=False)
class NegativeAuthority(Refusal):
    """An authority below zero means nothing; zero is none at all."""

    code = "discounts.negative-authority"
    title = "An authority cannot be negative"
    amount: Money


def work_out(lines: Sequence[Offered], off_document: Money | Decimal) -> Working:
    """A document's discount is shared among its lines by what they cost; every cent is somewhere.

    | line | by the list | own discount | left | share of 100 | discount |
    |    1 |        1000 |          100 |  900 |        60.00 |   160.00 |
    |    2 |         600 |            0 |  600 |        40.00 |    40.00 |

    Args:
        off_document: what is taken off the whole, besides what the lines' own prices say: an
            amount, or a fraction of what these leave.

    Raises:
        LineTwice, MoreThanAll, NothingOff, DifferentCurrencies, TooManyDecimals

    Source: BI8.
    """
    numbers = [line.number for line in lines]
    for number in numbers:
        if numbers.count(number) > 1:
            raise LineTwice(number)
    listed = [line.list_price.times(line.quantity).rounded() for line in lines]
    own = [amount - _offered(line) for line, amount in zip(lines, listed, strict=True)]
    left = [amount - part for amount, part in zip(listed, own, strict=True)]
    currency = lines[0].list_price.currency
    if isinstance(off_document, Decimal):
        off_document = Money.total(left, currency).share(off_document)
    shares = _shares(off_document.in_minor_units(), left)
    parts = zip(lines, listed, own, shares, strict=True)
    working = Working([Worked(*each) for each in parts], currency)
    for line in working.lines:
        if line.net.amount < 0 or line.offered.unit_price.amount < 0:
            raise MoreThanAll(line.offered.number)
    if working.discount.amount <= 0:
        raise NothingOff(working.listed, working.net)
    return working


def _offered(line: Offered) -> Money:
    if line.unit_price.currency != line.list_price.currency:
        raise DifferentCurrencies(line.list_price.currency, line.unit_price.currency)
    return line.unit_price.times(line.quantity).rounded()


def _shares(off: Money, left: Sequence[Money]) -> list[Money]:
    weights = [max(part.amount, Decimal(0)) for part in left]
    if not off or not any(weights):
        return [Money.zero(off.currency) for _ in left]
    return off.split(weights)


def rate_of(discount: Money, listed: Money) -> Decimal:
    """What is taken off as a share of the price by the list, for people to read.

    Source: BI8.

    >>> rate_of(mxn("160"), mxn("1000"))
    Decimal('0.1600')
    """
    if not listed:
        return Decimal(0)
    return (discount.amount / listed.amount).quantize(RATE, ROUND_HALF_UP)


def roles_that_may(working: Working, authorities: Iterable[Authority]) -> frozenset[str]:
    """A role may grant a discount that is within its rate and its amount, of each line and of all.

    Exactly the rate or the amount is within it. Below the floor only a role may go that is
    allowed to. An authority in another currency counts for nothing here.

    Source: BI8.
    """
    held: dict[str, dict[str, Authority]] = {}
    for one in authorities:
        if one.currency == working.currency:
            held.setdefault(one.role, {})[one.scope] = one
    return frozenset(role for role, scopes in held.items() if _covers(scopes, working))


def _covers(scopes: dict[str, Authority], working: Working) -> bool:
    line, document = scopes.get("line"), scopes.get("document")
    if line is None or document is None:
        return False
    if working.below_floor and not (line.below_floor and document.below_floor):
        return False
    return _within(document, working.discount, working.listed) and all(
        _within(line, each.discount, each.listed) for each in working.lines
    )


def _within(authority: Authority, discount: Money, listed: Money) -> bool:
    by_rate = authority.rate is None or discount <= listed.times(authority.rate)
    return by_rate and (authority.amount is None or discount <= authority.amount)


def who_decides(
    working: Working, authorities: Iterable[Authority], but: frozenset[str] = frozenset()
) -> frozenset[str]:
    """The roles that a request is put before: those whose authority covers it.

    Args:
        but: roles that decide only about what they ask for themselves.

    Raises:
        NobodyMay: there is none; the discount has to be smaller.

    Source: BI8.
    """
    roles = roles_that_may(working, authorities) - but
    if not roles:
        raise NobodyMay(working.discount, rate_of(working.discount, working.listed))
    return roles


def valid_until(today: date, days: int) -> date:
    """The last day of an offer: it is good for so many days after the day on which it was asked for.

    Source: BI8.

    >>> valid_until(day("2026-03-01"), days=30)
    datetime.date(2026, 3, 31)
    """
    return today + timedelta(days=days)


def state_on(state: State, until: date, today: date) -> State:
    """A request and what was granted expire after their last day; on it they still hold.

    Source: BI8.

    >>> state_on(State.APPROVED, day("2026-03-31"), today=day("2026-03-31")).value
    'approved'
    >>> state_on(State.APPROVED, day("2026-03-31"), today=day("2026-04-01")).value
    'expired'
    """
    lasting = state is State.REJECTED or today <= until
    return state if lasting else State.EXPIRED


def check_decidable(until: date, today: date, *, approve: bool) -> None:
    """A discount is granted up to the last day of its request; it can be rejected at any time.

    Raises:
        DiscountExpired

    Source: BI8.
    """
    if approve and today > until:
        raise DiscountExpired(until)


def breach(sold: Sold, granted: Iterable[Granted], on: date) -> Breach | None:
    """A line below the floor of its product breaks the price policy, unless it was granted.

    Exactly the floor is kept. A discount covers a line of the same product, of up to the pieces
    it was granted for, at no less for each, up to its last day.

    Source: BI8.

    >>> sold = Sold(1, "DISC-280", Decimal(10), mxn("899.99"), floor=mxn("90"))
    >>> breach(sold, [], day("2026-03-02")).short
    Money('0.01 MXN')
    """
    if sold.floor is None or sold.floor.currency != sold.net.currency:
        return None
    least = sold.floor.times(sold.quantity)
    if sold.net >= least or any(_covered(sold, one, on) for one in granted):
        return None
    return Breach(sold, least, least - sold.net)


def _covered(sold: Sold, one: Granted, on: date) -> bool:
    return (
        one.product == sold.product
        and one.net.currency == sold.net.currency
        and on <= one.valid_until
        and sold.quantity <= one.quantity
        and sold.net.times(one.quantity) >= one.net.times(sold.quantity)
    )
