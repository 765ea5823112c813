"""Which credit limit somebody may grant, and which one is in force."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from billing.authorities.model import Authority, Reach
from billing.authorities.rules import highest, reach
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


@dataclass(eq=False)
class TemporaryWithoutAmount(Refusal):
    """A temporary limit is an amount; no limit at all is for good."""

    code = "limits.temporary-without-amount"
    title = "A temporary limit needs an amount"


@dataclass(eq=False)
class TemporaryInThePast(Refusal):
    """The last day of a temporary limit is over before it begins."""

    code = "limits.temporary-in-the-past"
    title = "The temporary limit would be over already"
    until: date
    today: date


@dataclass(eq=False)
class BlockedAlready(Refusal):
    """The credit is blocked; once is enough."""

    code = "limits.blocked-already"
    title = "The credit is blocked already"


@dataclass(eq=False)
class NotBlocked(Refusal):
    """Nobody has blocked the credit."""

    code = "limits.not-blocked"
    title = "The credit is not blocked"


def in_force(
    lasting: Money | None, temporary: Money | None, until: date | None, today: date
) -> Money | None:
    """A temporary limit holds in place of the lasting one up to and including its last day.

    Source: BI2.

    >>> in_force(mxn("100"), mxn("500"), day("2026-03-31"), today=day("2026-03-31"))
    Money('500 MXN')
    >>> in_force(mxn("100"), mxn("500"), day("2026-03-31"), today=day("2026-04-01"))
    Money('100 MXN')
    """
    return lasting if until is None or today > until else temporary


def checked(
    requested: Money | None, currency: str, until: date | None, today: date
) -> Money | None:
    """A limit is an amount of zero or more in the currency of the credit, or none at all.

    No limit (None) is not a limit of zero. A temporary limit is always an amount, and its last
    day is today at the earliest.

    Returns:
        The limit, in whole minor units.

    Raises:
        LimitInOtherCurrency, NegativeLimit, TooManyDecimals, TemporaryWithoutAmount,
        TemporaryInThePast

    Source: BI2.

    >>> checked(mxn("10.5"), "MXN", None, day("2026-03-02"))
    Money('10.50 MXN')
    """
    if until is not None and requested is None:
        raise TemporaryWithoutAmount
    if until is not None and until < today:
        raise TemporaryInThePast(until, today)
    if requested is None:
        return None
    if requested.currency != currency:
        raise LimitInOtherCurrency(currency, requested.currency)
    if requested.amount < 0:
        raise NegativeLimit(requested)
    return requested.in_minor_units()


def granted(
    requested: Money | None,
    currency: str,
    roles: Iterable[str],
    authorities: Iterable[Authority],
) -> Reach:
    """Somebody may grant a limit of up to the authority of their roles; exactly that is within it.

    Only an authority without an upper bound grants no limit at all (None). Above the
    authority's threshold a second person has to agree. A limit of zero needs no authority.

    Args:
        currency: that of the customer's credit.

    Raises:
        AboveAuthority, NoLimitAboveAuthority

    Source: BI2.

    >>> manager = [Authority("manager", "MXN", mxn("50000"))]
    >>> granted(mxn("50000"), "MXN", {"manager"}, manager)
    <Reach.ALONE: 2>
    >>> granted(mxn("50000.01"), "MXN", {"manager"}, manager)
    Traceback (most recent call last):
    billing.limits.rules.AboveAuthority: limits.above-authority: The credit limit is above your authority (requested=50000.01 MXN, authority=50000 MXN)
    """
    if requested is not None and not requested.amount:
        return Reach.ALONE
    held, asking = list(authorities), set(roles)
    how = reach(requested, currency, asking, held)
    if how is Reach.NOT:
        upto = highest(held, asking, currency)
        bound = (upto.amount if upto else None) or Money.zero(currency)
        raise (
            NoLimitAboveAuthority(bound) if requested is None else AboveAuthority(requested, bound)
        )
    return how
