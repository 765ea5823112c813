"""What may happen to an order, and what its amounts are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from customers.orders.model import (
    Counterpart,
    Decision,
    Delivery,
    Goods,
    Line,
    Order,
    Parties,
    State,
    Step,
    Wish,
)
from customers.organisation.model import Person
from kernel.money import Money
from kernel.problems import Refusal

STEPS: Mapping[State, Mapping[Step, State]] = {
    State.PLACED: {
        Step.RESERVED: State.CONFIRMED,
        Step.HELD: State.HELD,
        Step.RELEASED: State.CONFIRMED,
        Step.REJECTED: State.CANCELLED,
        Step.EXPIRED: State.CANCELLED,
        Step.CANCEL: State.CANCELLED,
    },
    State.HELD: {
        Step.RESERVED: State.CONFIRMED,
        Step.RELEASED: State.CONFIRMED,
        Step.REJECTED: State.CANCELLED,
        Step.EXPIRED: State.CANCELLED,
        Step.CANCEL: State.CANCELLED,
    },
    State.CONFIRMED: {
        Step.CANCEL: State.CANCELLED,
        Step.DELIVER_PART: State.PARTLY_DELIVERED,
        Step.DELIVER_ALL: State.DELIVERED,
    },
    State.PARTLY_DELIVERED: {
        Step.DELIVER_PART: State.PARTLY_DELIVERED,
        Step.DELIVER_ALL: State.DELIVERED,
        Step.RETURN_PART: State.PARTLY_DELIVERED,
        Step.RETURN_ALL: State.PARTLY_DELIVERED,
    },
    State.DELIVERED: {
        Step.RETURN_PART: State.DELIVERED,
        Step.RETURN_ALL: State.RETURNED,
    },
    State.RETURNED: {},
    State.CANCELLED: {},
}
"""The whole way of an order: what is not written here does not happen."""


@dataclass(eq=False)
class NotInThisState(Refusal):
    """The order is not where this can be done with it."""

    code = "orders.not-in-this-state"
    title = "The order's state does not allow it"
    number: str
    state: State
    step: Step


@dataclass(eq=False)
class UnknownCustomer(Refusal):
    """There is no such customer, or not in the asking person's scope."""

    code = "orders.unknown-customer"
    title = "The customer is unknown"
    customer: UUID


@dataclass(eq=False)
class CustomerNotInUse(Refusal):
    """The customer's card is not in use any more."""

    code = "orders.customer-not-in-use"
    title = "The customer's card is not in use"
    customer: UUID


@dataclass(eq=False)
class UnknownUnit(Refusal):
    """The unit is not known, not in the asking person's scope or of another company."""

    code = "orders.unknown-unit"
    title = "The unit is unknown"
    unit: str


@dataclass(eq=False)
class UnknownRep(Refusal):
    """The sales person is nobody of the company's organisation."""

    code = "orders.unknown-rep"
    title = "The sales person is unknown"
    rep: UUID


@dataclass(eq=False)
class RepIsNotYou(Refusal):
    """Who sees only their own orders sells for nobody else."""

    code = "orders.rep-is-not-you"
    title = "You can only sell in your own name"
    rep: UUID


@dataclass(eq=False)
class DuplicateNumber(Refusal):
    """Another order of the company has this number."""

    code = "orders.duplicate-number"
    title = "The order number is taken"
    number: str


@dataclass(eq=False)
class QuantityNotPositive(Refusal):
    """A quantity is zero or less."""

    code = "orders.quantity-not-positive"
    title = "The quantity must be more than zero"
    line: int
    quantity: Decimal


@dataclass(eq=False)
class PriceNegative(Refusal):
    """A price is less than nothing; free of charge is zero."""

    code = "orders.price-negative"
    title = "The price must not be negative"
    line: int
    price: Money


@dataclass(eq=False)
class WrongCurrency(Refusal):
    """A price is not in the customer's currency."""

    code = "orders.wrong-currency"
    title = "The currency is not the customer's"
    line: int
    expected: str
    given: str


@dataclass(eq=False)
class UnknownLine(Refusal):
    """The order, or the delivery, has no line of this number."""

    code = "orders.unknown-line"
    title = "The line is unknown"
    line: int


@dataclass(eq=False)
class LineTwice(Refusal):
    """A line is named twice in one request."""

    code = "orders.line-twice"
    title = "The line is named twice"
    line: int


@dataclass(eq=False)
class MoreThanOrdered(Refusal):
    """More would be delivered than remains of a line."""

    code = "orders.more-than-ordered"
    title = "More than was ordered"
    line: int
    quantity: Decimal
    remaining: Decimal


@dataclass(eq=False)
class MoreThanDelivered(Refusal):
    """More would come back than remains of a line of the delivery."""

    code = "orders.more-than-delivered"
    title = "More than was delivered"
    line: int
    quantity: Decimal
    remaining: Decimal


@dataclass(eq=False)
class UnknownDelivery(Refusal):
    """The order has no such delivery."""

    code = "orders.unknown-delivery"
    title = "The delivery is unknown"
    delivery: UUID


@dataclass(eq=False)
class WhichDelivery(Refusal):
    """The order has several deliveries, and nobody said of which one goods come back."""

    code = "orders.which-delivery"
    title = "The order has several deliveries"
    deliveries: int


@dataclass(eq=False)
class NothingRemains(Refusal):
    """All of the delivery came back already."""

    code = "orders.nothing-remains"
    title = "All of it came back already"
    number: str


@dataclass(eq=False)
class TooEarly(Refusal):
    """A day lies before the one on which it could first have happened."""

    code = "orders.too-early"
    title = "The day is too early"
    day: date
    earliest: date


TooMuch = type[MoreThanOrdered] | type[MoreThanDelivered]


def after(state: State, step: Step) -> State | None:
    """The state that a step leads to; None where it does not lead anywhere.

    A decision of billing that comes when the order has gone its way changes nothing.

    Source: CU6, BI3.

    >>> after(State.PLACED, Step.RESERVED)
    <State.CONFIRMED: 'confirmed'>
    >>> after(State.CANCELLED, Step.RESERVED) is None
    True
    """
    return STEPS[state].get(step)


def decided(order: Order, decision: Decision) -> Order | None:
    """An order as billing's decision leaves it; None where it has gone its way already.

    Source: CU6, BI3.
    """
    state = after(order.state, decision.step)
    if state is None:
        return None
    return replace(
        order,
        state=state,
        confirmed_on=decision.on if state is State.CONFIRMED else order.confirmed_on,
        missing=decision.missing,
        reason=decision.reason,
    )


def may(order: Order, step: Step) -> State:
    """The state after something that somebody wants to do.

    Raises:
        NotInThisState: it cannot be done where the order is.

    Source: CU6.
    """
    state = after(order.state, step)
    if state is None:
        raise NotInThisState(order.number, order.state, step)
    return state


def customer_of(parties: Parties, asked: UUID) -> Counterpart:
    """Only a customer whom the asking person may see, and who is in use, can order.

    Raises:
        UnknownCustomer, CustomerNotInUse

    Source: CU6.
    """
    if parties.customer is None:
        raise UnknownCustomer(asked)
    if not parties.customer.active:
        raise CustomerNotInUse(asked)
    return parties.customer


def unit_of(parties: Parties, asked: str | None, units: Collection[str]) -> str:
    """The unit that sells: whichever is named, else the customer's; of the same company.

    Args:
        units: where the asking person may do something.

    Raises:
        UnknownUnit: it is not among them, or another company's.

    Source: CU6, GW1.
    """
    assert parties.customer is not None
    unit = asked or parties.customer.unit
    if unit not in units or parties.unit_company != parties.customer.company:
        raise UnknownUnit(unit)
    return unit


def seller_of(
    parties: Parties, asked: UUID | None, *, person: UUID, own_only: bool
) -> Person | None:
    """Who sells has to belong to the customer's company; without an owner, nobody.

    Raises:
        RepIsNotYou, UnknownRep

    Source: CU6.
    """
    assert parties.customer is not None
    rep = checked_rep(asked, owner=parties.customer.owner, person=person, own_only=own_only)
    if rep is None:
        return None
    if parties.seller is None or parties.seller.company != parties.customer.company:
        raise UnknownRep(rep)
    return parties.seller


def checked_rep(
    asked: UUID | None, *, owner: UUID | None, person: UUID, own_only: bool
) -> UUID | None:
    """Who sells: whoever is named, else the customer's owner; a rep always in their own name.

    Args:
        own_only: the asking `person` sees only their own orders.

    Raises:
        RepIsNotYou: such a person names somebody else.

    Source: CU6, GW1.

    >>> ana, ben = UUID(int=1), UUID(int=2)
    >>> checked_rep(None, owner=ben, person=ana, own_only=False) == ben
    True
    """
    if not own_only:
        return asked or owner
    if asked not in (None, person):
        assert asked is not None
        raise RepIsNotYou(asked)
    return person


def priced(wishes: Sequence[Wish], currency: str) -> Goods:
    """The lines of an order with their amounts: each is rounded half up, the sum never again.

    | quantity | unit price |     net | tax 16 % |   gross |
    |        3 |     100.25 |  300.75 |    48.12 |  348.87 |
    |      0.5 |      99.99 |   50.00 |     8.00 |   58.00 |
    |          |            |  350.75 |    56.12 |  406.87 |

    Args:
        currency: the customer's; prices are without tax and in its minor unit.

    Raises:
        QuantityNotPositive, PriceNegative, WrongCurrency, kernel.money.TooManyDecimals.

    Source: CU6.

    >>> rate = Decimal("0.16")
    >>> goods = priced([
    ...     Wish("A", "", Decimal(3), Money.of("100.25", "MXN"), rate),
    ...     Wish("B", "", Decimal("0.5"), Money.of("99.99", "MXN"), rate),
    ... ], "MXN")
    >>> goods.net, goods.gross
    (Money('350.75 MXN'), Money('406.87 MXN'))
    """
    lines = tuple(_line(number, wish, currency) for number, wish in enumerate(wishes, start=1))
    return _summed(lines, currency)


def _line(number: int, wish: Wish, currency: str) -> Line:
    if wish.quantity <= 0:
        raise QuantityNotPositive(number, wish.quantity)
    if wish.unit_price.currency != currency:
        raise WrongCurrency(number, currency, wish.unit_price.currency)
    if wish.unit_price.amount < 0:
        raise PriceNegative(number, wish.unit_price)
    net = wish.unit_price.in_minor_units().times(wish.quantity).rounded()
    return Line(
        number=number,
        product=wish.product,
        description=wish.description,
        quantity=wish.quantity,
        net=net,
        gross=net + net.share(wish.tax_rate),
        unit_price=wish.unit_price,
        tax_rate=wish.tax_rate,
    )


def _summed(lines: tuple[Line, ...], currency: str) -> Goods:
    net = Money.total((line.net for line in lines), currency)
    gross = Money.total(
        (line.net if line.gross is None else line.gross for line in lines), currency
    )
    return Goods(lines, net, gross)


def take(
    whole: Goods, earlier: Sequence[Goods], wanted: Mapping[int, Decimal] | None, too_much: TooMuch
) -> Goods:
    """Part of an order that is delivered, or part of a delivery that comes back.

    The parts of a line add up to it to the cent, however it is cut: a part is the share up to
    its end less the share up to its beginning. The last part takes what the lines do not explain.

    | line of 10.00, three pieces |  1st |  2nd |  3rd |
    | one at a time               | 3.33 | 3.34 | 3.33 |

    Args:
        earlier: what was taken before.
        wanted: the quantity of each line, by number; None is all that remains.
        too_much: what is said when more is wanted than remains.

    Raises:
        UnknownLine, QuantityNotPositive, MoreThanOrdered, MoreThanDelivered.

    Source: CU6.

    >>> line = Line(1, "A", "", Decimal(3), Money.of(10, "MXN"), Money.of("11.60", "MXN"))
    >>> all_three = Goods((line,), line.net, line.gross)
    >>> first = take(all_three, [], {1: Decimal(1)}, MoreThanOrdered)
    >>> second = take(all_three, [first], {1: Decimal(1)}, MoreThanOrdered)
    >>> first.net, second.net, take(all_three, [first, second], None, MoreThanOrdered).net
    (Money('3.33 MXN'), Money('3.34 MXN'), Money('3.33 MXN'))
    """
    taken = quantities(earlier)
    quantity = _all_that_remains(whole, taken) if wanted is None else wanted
    known = {line.number: line for line in whole.lines}
    for number, amount in quantity.items():
        if number not in known:
            raise UnknownLine(number)
        _check(known[number], taken.get(number, Decimal(0)), amount, too_much)
    lines = tuple(
        _part(line, taken.get(line.number, Decimal(0)), quantity[line.number])
        for line in whole.lines
        if line.number in quantity
    )
    if is_all(whole, [*earlier, _summed(lines, whole.net.currency)]):
        return Goods(lines, *_rest(whole, earlier))
    return _explained(whole, lines)


def _check(line: Line, before: Decimal, quantity: Decimal, too_much: TooMuch) -> None:
    if quantity <= 0:
        raise QuantityNotPositive(line.number, quantity)
    if quantity > line.quantity - before:
        raise too_much(line.number, quantity, line.quantity - before)


def quantities(goods: Sequence[Goods]) -> dict[int, Decimal]:
    """How much of each line several documents hold together, by line number."""
    total: dict[int, Decimal] = {}
    for line in (line for each in goods for line in each.lines):
        total[line.number] = total.get(line.number, Decimal(0)) + line.quantity
    return total


def is_all(whole: Goods, parts: Sequence[Goods]) -> bool:
    """Whether nothing of the whole remains after the parts."""
    return not _all_that_remains(whole, quantities(parts))


def due_on(delivered_on: date, terms_days: int) -> date:
    """The day on which a delivery is to be paid: so many calendar days after it.

    Source: CU6.

    >>> due_on(date(2026, 1, 15), 30).isoformat()
    '2026-02-14'
    """
    return delivered_on + timedelta(days=terms_days)


def not_before(day: date, earliest: date) -> date:
    """A day that is not too early: the very day is good.

    Raises:
        TooEarly: nothing is delivered before it is ordered, nor returned before it is delivered.

    Source: CU6.
    """
    if day < earliest:
        raise TooEarly(day, earliest)
    return day


def delivery_of(order: Order, asked: UUID | None) -> Delivery:
    """The delivery of which goods come back; it need not be named where there is only one.

    Raises:
        UnknownDelivery, WhichDelivery.

    Source: CU6.
    """
    if asked is None:
        if len(order.deliveries) != 1:
            raise WhichDelivery(len(order.deliveries))
        return order.deliveries[0]
    delivery = order.delivery(asked)
    if delivery is None:
        raise UnknownDelivery(asked)
    return delivery


def _all_that_remains(whole: Goods, taken: Mapping[int, Decimal]) -> dict[int, Decimal]:
    remaining = {
        line.number: line.quantity - taken.get(line.number, Decimal(0)) for line in whole.lines
    }
    return {number: quantity for number, quantity in remaining.items() if quantity > 0}


def _part(line: Line, before: Decimal, quantity: Decimal) -> Line:
    return Line(
        number=line.number,
        product=line.product,
        description=line.description,
        quantity=quantity,
        net=_between(line.net, line.quantity, before, before + quantity),
        gross=None
        if line.gross is None
        else _between(line.gross, line.quantity, before, before + quantity),
        unit_price=line.unit_price,
        tax_rate=line.tax_rate,
    )


def _between(amount: Money, whole: Decimal, begin: Decimal, end: Decimal) -> Money:
    return _up_to(amount, whole, end) - _up_to(amount, whole, begin)


def _up_to(amount: Money, whole: Decimal, end: Decimal) -> Money:
    if end == whole:
        return amount  # exact, also where an imported amount is finer than the minor unit
    return Money(amount.amount * end / whole, amount.currency).rounded()


def _rest(whole: Goods, earlier: Sequence[Goods]) -> tuple[Money, Money]:
    currency = whole.net.currency
    net = whole.net - Money.total((goods.net for goods in earlier), currency)
    return net, whole.gross - Money.total((goods.gross for goods in earlier), currency)


def _explained(whole: Goods, lines: tuple[Line, ...]) -> Goods:
    """The sum of the lines; where their gross is unknown, the tax is spread as on the whole."""
    currency = whole.net.currency
    net = Money.total((line.net for line in lines), currency)
    if all(line.gross is not None for line in lines):
        return _summed(lines, currency)
    if not whole.net:
        return Goods(lines, net, net)
    gross = Money(net.amount * whole.gross.amount / whole.net.amount, currency).rounded()
    return Goods(lines, net, gross)
