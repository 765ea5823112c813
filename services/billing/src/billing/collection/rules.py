"""Whom to ask first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.collection.model import Debtor, Ranked, Reason
from kernel.problems import Refusal

AGE, LEVEL, BROKEN = Decimal("0.5"), Decimal("0.2"), Decimal("0.3")
"""How much each reason weighs; together 1."""
OLD_AFTER_DAYS = 90
MANY_BROKEN = 2
ONE = Decimal(1)
DIGITS = Decimal("0.0001")


@dataclass(eq=False)
class NextBeforeToday(Refusal):
    """The next step cannot be on a day that has passed."""

    code = "collection.next-before-today"
    title = "The day of the next step has passed"
    next_on: date
    today: date


def ranked(debtor: Debtor) -> Ranked:
    """What to ask a customer for, and how pressing it is: amount x risk.

    What is promised and not yet due is not asked for. Risk is 0..1:

    | reason         | weight | all of it                    |
    | days overdue   |    0.5 | the oldest item has 90 days  |
    | dunning level  |    0.2 | the last level is reached    |
    | broken promise |    0.3 | two are broken               |

    Source: BI6.
    """
    reasons = [
        _reason("days-overdue", AGE, debtor.oldest_days, OLD_AFTER_DAYS),
        _reason("dunning-level", LEVEL, debtor.level, debtor.levels),
        _reason("broken-promises", BROKEN, debtor.broken, MANY_BROKEN),
    ]
    risk = sum((reason.points for reason in reasons), Decimal(0))
    to_ask = debtor.overdue - debtor.promised
    return Ranked(debtor, to_ask, risk, [reason for reason in reasons if reason.points])


def _reason(code: str, weight: Decimal, figure: int, most: int) -> Reason:
    share = min(Decimal(figure) / most, ONE) if most else Decimal(0)
    return Reason(code, (weight * share).quantize(DIGITS), figure)


def worklist(debtors: Iterable[Debtor]) -> list[Ranked]:
    """Whose promise is broken comes first; then amount x risk, the highest first.

    Nobody is asked whose promises cover all that is overdue. Amounts are not converted: each
    currency stands for itself, in the order of its code.

    Source: BI6.
    """
    lines = [line for debtor in debtors if (line := ranked(debtor)).to_ask.amount > 0]
    return sorted(lines, key=order)


def order(line: Ranked) -> tuple[bool, str, Decimal, str]:
    """The place of a line in the worklist."""
    debtor = line.debtor
    return not debtor.broken, debtor.overdue.currency, -line.score, str(debtor.customer)
