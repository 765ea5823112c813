"""Which authority somebody has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from billing.authorities.model import Authority
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
