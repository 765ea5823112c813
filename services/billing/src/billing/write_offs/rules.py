"""What may be written off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from billing.ledger.model import Account, Entry, Kind, OpenItem, Posting
from billing.ledger.rules import MoreThanOpen, in_units
from kernel.money import Money
from kernel.problems import Refusal


@dataclass(eq=False)
class WriteOffNotPositive(Refusal):
    """A write-off is more than nothing."""

    code = "write-offs.not-positive"
    title = "A write-off must be more than zero"
    amount: Money


def amount_of(item: OpenItem, asked: Money | None) -> Money:
    """So much is written off: what was asked for, up to what is open; without it, all of it.

    Raises:
        WriteOffNotPositive, MoreThanOpen, DifferentCurrencies, TooManyDecimals

    Source: BI4.
    """
    amount = item.open if asked is None else asked
    if amount.amount <= 0:
        raise WriteOffNotPositive(amount)
    if amount > item.open:
        raise MoreThanOpen(amount, item.open)
    return in_units(amount, whole=item.open)


def written_off(
    posting: UUID, item: OpenItem, amount: Money, on: date, *, bad_debt: bool
) -> Posting:
    """What is written off is owed no more; it is the company's loss.

    | receivable | write-off or bad debt |
    |       -116 |                   116 |

    Not before the item can be settled at all.

    Source: BI4.
    """
    loss = Account.BAD_DEBT if bad_debt else Account.WRITE_OFF
    entries = (Entry(loss, amount), Entry(Account.RECEIVABLE, -amount, item.item))
    day = max(on, item.open_from)
    return Posting(posting, Kind.WRITE_OFF, item.document, item.whose, day, entries)
