"""What an amount is worth in another currency, and what was won or lost by it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kernel.money import Money
from kernel.problems import Refusal


@dataclass(eq=False)
class NoRate(Refusal):
    """Nobody has said what this currency was worth on this day."""

    code = "exchange.no-rate"
    title = "There is no exchange rate for this day"
    currency: str
    into: str
    day: date


@dataclass(eq=False)
class RateNotPositive(Refusal):
    """A rate is more than zero, and of two different currencies."""

    code = "exchange.rate-not-positive"
    title = "An exchange rate must be more than zero and of two currencies"
    currency: str
    into: str


@dataclass(frozen=True, slots=True)
class Rates:
    """What one unit of `currency` is worth in another, from each day on until the next."""

    currency: str
    into: str
    days: Sequence[date]
    values: Sequence[Decimal]

    def on(self, day: date) -> Decimal | None:
        """The rate of a day: the latest told on or before it; None before the first.

        Source: BI4.

        >>> rates = Rates("USD", "MXN", [day("2026-03-02")], [Decimal("17.5")])
        >>> rates.on(day("2026-03-01")), rates.on(day("2026-03-02")), rates.on(day("2026-04-01"))
        (None, Decimal('17.5'), Decimal('17.5'))
        """
        at = bisect_right(self.days, day)
        return self.values[at - 1] if at else None

    def needed(self, day: date) -> Decimal:
        """The rate of a day.

        Raises:
            NoRate
        """
        if (rate := self.on(day)) is None:
            raise NoRate(self.currency, self.into, day)
        return rate


def worth(amount: Money, rate: Decimal, into: str) -> Money:
    """What an amount is worth in another currency, rounded half up to its minor unit.

    Source: BI4.

    >>> worth(Money.of("100", "USD"), Decimal("17.3456"), "MXN")
    Money('1734.56 MXN')
    """
    return Money(amount.amount * rate, into).rounded()


def difference(settled: Money, tendered: str, paid_at: Decimal, issued_at: Decimal) -> Money:
    """What the company gained (or lost, below zero) by the rate's move since the invoice.

    | settled  | rate at payment | rate at issue | worth then | worth now | difference |
    | 1000 USD |    1/17 per MXN |  1/18 per MXN |  18000 MXN | 17000 MXN |  -1000 MXN |

    Args:
        settled: in the currency of the invoice.
        tendered: the currency that was paid with.
        paid_at, issued_at: what one unit of it was worth in the invoice's on those days.

    Source: BI4.

    >>> difference(Money.of("1740", "MXN"), "USD", Decimal("17.40"), Decimal("17.00"))
    Money('-2.35 USD')
    """
    now = Money(settled.amount / paid_at, tendered).rounded()
    then = Money(settled.amount / issued_at, tendered).rounded()
    return now - then


def check_rate(currency: str, into: str, rate: Decimal) -> Decimal:
    """A rate is more than zero, and of two different currencies.

    Raises:
        RateNotPositive

    Source: BI4.

    >>> check_rate("USD", "MXN", Decimal("17.5"))
    Decimal('17.5')
    """
    if rate <= 0 or currency == into:
        raise RateNotPositive(currency, into)
    return rate
