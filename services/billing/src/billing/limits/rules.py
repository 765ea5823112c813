"""Which credit limit somebody may grant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from billing.authorities.model import Authority
from billing.authorities.rules import highest
from kernel.money import Money
from kernel.problems import Refusal


@dataclass(eq=False)
class AboveAuthority(Refusal):
    """The limit asked for is more than this person may grant."""

    code = "limits.above-authority"
    title = "The credit limit is above your authority"
    requested: Money
    authority: Money


@dataclass(eq=False)
class NoLimitAboveAuthority(Refusal):
    """Lifting every limit needs an authority without an upper bound."""

    code = "limits.no-limit-above-authority"
    title = "Lifting the limit is above your authority"
    authority: Money


@dataclass(eq=False)
class LimitInOtherCurrency(Refusal):
    """The limit is not in the currency of the customer's credit."""

    code = "limits.other-currency"
    title = "The limit is in another currency than the credit"
    expected: str
    given: str


@dataclass(eq=False)
class NegativeLimit(Refusal):
    """A limit below zero means nothing; zero is no credit at all."""

    code = "limits.negative"
    title = "A limit cannot be negative"
    requested: Money


def granted(
    requested: Money | None,
    currency: str,
    roles: Iterable[str],
    authorities: Iterable[Authority],
) -> Money | None:
    """Somebody may grant a limit of up to the authority of their roles; exactly that is within it.

    No limit at all (None) is not a limit of zero: only an authority without an upper bound
    grants it.

    Args:
        currency: that of the customer's credit.

    Returns:
        The limit granted, in whole minor units.

    Raises:
        LimitInOtherCurrency, NegativeLimit, AboveAuthority, NoLimitAboveAuthority

    Source: BI2.

    >>> manager = [Authority("manager", "MXN", mxn("50000"))]
    >>> granted(mxn("50000"), "MXN", {"manager"}, manager)
    Money('50000.00 MXN')
    >>> granted(mxn("50000.01"), "MXN", {"manager"}, manager)
    Traceback (most recent call last):
    billing.limits.rules.AboveAuthority: limits.above-authority: The credit limit is above your authority (requested=50000.01 MXN, authority=50000 MXN)
    """
    upto = highest(authorities, roles, currency)
    bound = Money.zero(currency) if upto is None else upto.amount
    if requested is None:
        if bound is not None:
            raise NoLimitAboveAuthority(bound)
        return None
    if requested.currency != currency:
        raise LimitInOtherCurrency(currency, requested.currency)
    if requested.amount < 0:
        raise NegativeLimit(requested)
    if bound is not None and requested > bound:
        raise AboveAuthority(requested, bound)
    return requested.in_minor_units()
