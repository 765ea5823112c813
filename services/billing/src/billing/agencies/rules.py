"""What may be handed to an agency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from kernel.money import Money
from kernel.problems import Refusal


@dataclass(eq=False)
class NothingToHandOver(Refusal):
    """Only open invoices that are overdue, and not disputed, are handed over."""

    code = "agencies.nothing-to-hand-over"
    title = "There is nothing overdue to hand over"


@dataclass(eq=False)
class NotToHandOver(Refusal):
    """The item is paid, not due, disputed, at an agency already, or not of this customer."""

    code = "agencies.not-to-hand-over"
    title = "One of the invoices cannot be handed over"
    item: str


@dataclass(eq=False)
class SeveralCurrencies(Refusal):
    """A case is in one currency."""

    code = "agencies.several-currencies"
    title = "The invoices are in several currencies"
    currencies: list[str]


@dataclass(eq=False)
class ClosedAlready(Refusal):
    """The case was closed before."""

    code = "agencies.closed-already"
    title = "The case is closed already"


@dataclass(frozen=True, slots=True)
class Overdue:
    """An open item that may be handed over."""

    item: UUID
    open: Money


def handed_over(asked: Sequence[UUID], overdue: Sequence[Overdue]) -> list[Overdue]:
    """Named items are handed over, or all that are overdue; together in one currency.

    Args:
        overdue: what is open, overdue, not disputed and at no agency.

    Raises:
        NothingToHandOver, NotToHandOver, SeveralCurrencies

    Source: BI6.
    """
    may = {each.item: each for each in overdue}
    for item in asked:
        if item not in may:
            raise NotToHandOver(str(item))
    taken = [may[item] for item in dict.fromkeys(asked)] if asked else list(overdue)
    if not taken:
        raise NothingToHandOver
    currencies = sorted({each.open.currency for each in taken})
    if len(currencies) > 1:
        raise SeveralCurrencies(currencies)
    return taken
