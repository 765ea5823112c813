"""Which authority somebody has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from billing.authorities.model import Authority, Reach
from kernel.money import Money
from kernel.problems import Refusal


@dataclass(eq=False)
class NegativeAuthority(Refusal):
    """An authority below zero means nothing; zero is none at all."""

    code = "authorities.negative"
    title = "An authority cannot be negative"
    amount: Money


def highest(
    authorities: Iterable[Authority], roles: Iterable[str], currency: str
) -> Authority | None:
    """The highest authority that one of the roles has in this currency; None when none has.

    An authority in another currency counts for nothing here.

    Source: BI2.

    >>> manager = Authority("manager", "MXN", mxn("50000"))
    >>> director = Authority("director", "MXN", None)
    >>> highest([manager, director], {"rep", "manager"}, "MXN") is manager
    True
    >>> highest([manager, director], {"manager", "director"}, "MXN") is director
    True
    >>> highest([manager], {"manager"}, "USD") is None
    True
    """
    asked = set(roles)
    held = [one for one in authorities if one.role in asked and one.currency == currency]
    unbounded = [one for one in held if one.amount is None]
    bounded = [one for one in held if one.amount is not None]
    if unbounded:
        return unbounded[0]
    return max(bounded, key=lambda one: one.amount.amount if one.amount else 0, default=None)


def reach(
    amount: Money | None, currency: str, roles: Iterable[str], authorities: Iterable[Authority]
) -> Reach:
    """An amount of up to the authority of somebody's roles is within it; exactly that is.

    Above the authority's threshold it takes a second person; exactly the threshold does not.
    What has no upper bound (None) only an authority without one covers. Of several roles the
    one that reaches furthest counts.

    Source: BI2.

    >>> director = [Authority("director", "MXN", mxn("2000000"), second_above=mxn("500000"))]
    >>> reach(mxn("500000"), "MXN", {"director"}, director)
    <Reach.ALONE: 2>
    >>> reach(mxn("500000.01"), "MXN", {"director"}, director)
    <Reach.WITH_ANOTHER: 1>
    >>> reach(mxn("2000000.01"), "MXN", {"director"}, director)
    <Reach.NOT: 0>
    """
    asked = set(roles)
    held = [one for one in authorities if one.role in asked and one.currency == currency]
    return max((_reach(amount, one) for one in held), default=Reach.NOT)


def _reach(amount: Money | None, authority: Authority) -> Reach:
    if not _within(amount, authority.amount):
        return Reach.NOT
    return Reach.ALONE if _within(amount, authority.second_above) else Reach.WITH_ANOTHER


def _within(amount: Money | None, bound: Money | None) -> bool:
    return bound is None or (amount is not None and amount <= bound)
