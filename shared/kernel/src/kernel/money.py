"""Exact amounts of money, each with its currency."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from typing import Any

from babel.core import get_global
from babel.numbers import get_currency_precision
from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from kernel.problems import Refusal

CURRENCY_LENGTH = 3


@dataclass(eq=False)
class UnknownCurrency(Refusal):
    """The currency is not an ISO 4217 code."""

    code = "money.unknown-currency"
    title = "The currency is unknown"
    currency: str


@dataclass(eq=False)
class DifferentCurrencies(Refusal):
    """Two amounts of different currencies were added or compared."""

    code = "money.different-currencies"
    title = "The amounts are in different currencies"
    expected: str
    given: str


@dataclass(eq=False)
class TooManyDecimals(Refusal):
    """A document issued here has an amount finer than its currency's minor unit."""

    code = "money.too-many-decimals"
    title = "The amount has too many decimals"
    amount: str
    currency: str
    decimals: int


@cache
def minor_digits(currency: str) -> int:
    """Decimals of the currency's minor unit: 2 for MXN, 0 for JPY.

    Raises:
        UnknownCurrency: the code is not in ISO 4217.

    >>> minor_digits("MXN"), minor_digits("JPY")
    (2, 0)
    """
    if currency not in get_global("all_currencies"):
        raise UnknownCurrency(currency)
    return get_currency_precision(currency)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An exact decimal amount in one currency; never rounded unless asked by name.

    On the wire: `{"amount": "12.30", "currency": "MXN"}`.

    >>> Money.of("12.30", "MXN") + Money.of("0.70", "MXN")
    Money('13.00 MXN')
    """

    amount: Decimal
    currency: str

    @classmethod
    def of(cls, amount: Decimal | int | str, currency: str) -> Money:
        """Read an amount; a float is refused, for it is not exact."""
        assert not isinstance(amount, float), "money is never a float"
        minor_digits(currency)
        return cls(Decimal(amount), currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        """No money at all, in this currency."""
        return cls.of(0, currency)

    @classmethod
    def total(cls, amounts: Iterable[Money], currency: str) -> Money:
        """The sum of the amounts; zero in this currency when there are none."""
        return sum(amounts, cls.zero(currency))

    def _same(self, other: Money) -> Decimal:
        if other.currency != self.currency:
            raise DifferentCurrencies(self.currency, other.currency)
        return other.amount

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.amount >= self._same(other)

    def __bool__(self) -> bool:
        return self.amount != 0

    def __repr__(self) -> str:
        return f"Money('{self.amount:f} {self.currency}')"

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"

    def share(self, rate: Decimal, *, rounding: str = ROUND_HALF_UP) -> Money:
        """The part of the amount that a rate gives, rounded once to the minor unit.

        Half up, not half even: payroll checks such figures with a pocket calculator.

        >>> Money.of("100.25", "MXN").share(Decimal("0.1"))
        Money('10.03 MXN')
        """
        return self.times(rate).rounded(rounding=rounding)

    def times(self, factor: Decimal | int) -> Money:
        """The exact product, not rounded.

        >>> Money.of("20565.6206", "USD").times(Decimal("0.012"))
        Money('246.7874472 USD')
        """
        return Money(self.amount * factor, self.currency)

    def rounded(self, *, rounding: str = ROUND_HALF_UP) -> Money:
        """The amount in whole minor units of its currency."""
        return Money(self.amount.quantize(minor_unit(self.currency), rounding), self.currency)

    def in_minor_units(self) -> Money:
        """The same amount, checked to be a whole number of minor units.

        Raises:
            TooManyDecimals: the amount is finer than the currency allows.
        """
        rounded = self.rounded()
        if rounded.amount != self.amount:
            raise TooManyDecimals(f"{self.amount:f}", self.currency, minor_digits(self.currency))
        return rounded

    def split(self, weights: Sequence[Decimal | int]) -> list[Money]:
        """Parts in proportion to the weights that add up to the amount, to the minor unit.

        The cents that rounding leaves go to the largest remainders, the first of equals first.
        An amount finer than the minor unit leaves its rest with the first part.

        >>> Money.of("100", "MXN").split([1, 1, 1])
        [Money('33.34 MXN'), Money('33.33 MXN'), Money('33.33 MXN')]
        """
        unit = minor_unit(self.currency)
        whole = int(self.amount / unit)
        parts = _largest_remainder(whole, [Decimal(weight) for weight in weights])
        shares = [Money(part * unit, self.currency) for part in parts]
        rest = self.amount - whole * unit
        if rest:
            shares[0] = Money(shares[0].amount + rest, self.currency)
        return shares

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        wire = core_schema.typed_dict_schema(
            {
                "amount": core_schema.typed_dict_field(
                    core_schema.str_schema(pattern=r"^-?\d{1,24}(\.\d{1,12})?$")
                ),
                "currency": core_schema.typed_dict_field(
                    core_schema.str_schema(pattern=r"^[A-Z]{3}$")
                ),
            }
        )
        from_wire = core_schema.no_info_after_validator_function(_from_wire, wire)
        return core_schema.json_or_python_schema(
            json_schema=from_wire,
            python_schema=core_schema.union_schema(
                [core_schema.is_instance_schema(cls), from_wire]
            ),
            serialization=core_schema.plain_serializer_function_ser_schema(
                _to_wire, return_schema=wire
            ),
        )


def _to_wire(money: Money) -> dict[str, str]:
    return {"amount": plain(money.amount), "currency": money.currency}


def _from_wire(wire: dict[str, str]) -> Money:
    try:
        return Money.of(wire["amount"], wire["currency"])
    except UnknownCurrency as unknown:
        raise ValueError(f"unknown currency {unknown.currency}") from unknown
    except InvalidOperation as wrong:  # pragma: no cover - the pattern already says no
        raise ValueError("not a decimal number") from wrong


def plain(amount: Decimal) -> str:
    """A decimal as people write it: at least two decimals, no exponent, no needless zeros.

    >>> plain(Decimal("1500")), plain(Decimal("2.50000")), plain(Decimal("0.0125"))
    ('1500.00', '2.50', '0.0125')
    """
    whole, _, decimals = f"{amount:f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


@cache
def minor_unit(currency: str) -> Decimal:
    """The smallest amount of a currency: 0.01 for MXN."""
    return Decimal(1).scaleb(-minor_digits(currency))


def _largest_remainder(whole: int, weights: Sequence[Decimal]) -> list[int]:
    total = sum(weights)
    assert total > 0, "a split needs a weight above zero"
    assert all(weight >= 0 for weight in weights), "a split has no negative weight"
    exact = [whole * weight / total for weight in weights]
    parts = [int(share) for share in exact]
    left = whole - sum(parts)
    step = 1 if left >= 0 else -1
    order = sorted(range(len(parts)), key=lambda i: (-abs(exact[i] - parts[i]), i))
    for index in order[: abs(left)]:
        parts[index] += step
    assert sum(parts) == whole
    return parts
