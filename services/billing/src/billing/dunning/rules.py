"""When an item reaches which level, and what late payment costs."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

from billing.dunning.model import (
    Delay,
    Interest,
    InterestLine,
    InterestTerms,
    Item,
    Level,
    Owed,
    Procedure,
    Step,
)
from kernel.money import Money
from kernel.problems import Refusal

DAYS_OF_YEAR = (360, 365)
ONE = Decimal(1)
A_MONTH = timedelta(days=30)


@dataclass(eq=False)
class LevelsNotInOrder(Refusal):
    """The levels of a procedure are not numbered from 1 on without a gap."""

    code = "dunning.levels-not-in-order"
    title = "The levels are not numbered from 1 on"
    numbers: list[int]


@dataclass(eq=False)
class NoLastLevel(Refusal):
    """The first level cannot wait for a level before it."""

    code = "dunning.no-last-level"
    title = "The first level has no level before it"


@dataclass(eq=False)
class EarlierThanLevelBefore(Refusal):
    """A level comes before the one below it, counted from the same day."""

    code = "dunning.earlier-than-level-before"
    title = "A level comes earlier than the level before it"
    level: int
    days: int
    before: int


@dataclass(eq=False)
class NotAFee(Refusal):
    """A fee is a fixed amount or a part of what is open, not both, and above zero."""

    code = "dunning.not-a-fee"
    title = "A fee is either an amount or a rate, and more than zero"
    level: int


@dataclass(eq=False)
class NotARate(Refusal):
    """A yearly rate of interest is above zero, of a year of 360 or 365 days."""

    code = "dunning.not-a-rate"
    title = "The rate of interest cannot be used"
    yearly_rate: Decimal
    days_of_year: int


@dataclass(eq=False)
class RunBeforeLast(Refusal):
    """A later day was processed already; runs only go forward."""

    code = "dunning.run-before-last"
    title = "A later day was processed already"
    as_of: date
    last: date


@dataclass(eq=False)
class RunInTheFuture(Refusal):
    """A run for a day that has not come would remind too early."""

    code = "dunning.run-in-the-future"
    title = "The day of the run has not come"
    as_of: date
    today: date


@dataclass(eq=False)
class AnotherRunIsOn(Refusal):
    """The run of another day is still being processed."""

    code = "dunning.another-run-is-on"
    title = "Another run is still being processed"
    as_of: date


@dataclass(eq=False)
class NotOverdueItem(Refusal):
    """Only an open invoice of this customer can be kept out of dunning."""

    code = "dunning.not-an-open-invoice"
    title = "It is not an open invoice of this customer"
    document: str


def checked(procedure: Procedure) -> Procedure:
    """A procedure has levels 1, 2, 3 …, none earlier than the one before it.

    Levels that count from the same day come in the order of their days; the first one cannot
    count from the level before.

    Raises:
        LevelsNotInOrder, NoLastLevel, EarlierThanLevelBefore, NotAFee, NotARate

    Source: BI6.
    """
    numbers = [level.number for level in procedure.levels]
    if not numbers or numbers != list(range(1, len(numbers) + 1)):
        raise LevelsNotInOrder(numbers)
    if procedure.levels[0].delay is Delay.LAST_LEVEL:
        raise NoLastLevel
    for before, level in pairwise(procedure.levels):
        same = level.delay is before.delay and level.delay is not Delay.LAST_LEVEL
        if same and level.days < before.days:
            raise EarlierThanLevelBefore(level.number, level.days, before.days)
    for level in procedure.levels:
        _check_fee(level)
    terms = procedure.interest
    if terms and (terms.yearly_rate <= 0 or terms.days_of_year not in DAYS_OF_YEAR):
        raise NotARate(terms.yearly_rate, terms.days_of_year)
    return procedure


def _check_fee(level: Level) -> None:
    fixed = None if level.fee is None else level.fee.in_minor_units().amount
    amount = level.fee_rate if fixed is None else fixed
    both = level.fee is not None and level.fee_rate is not None
    if both or (amount is not None and amount <= 0):
        raise NotAFee(level.number)


def check_run(as_of: date, last: date | None, today: date) -> None:
    """Runs go forward, a day at a time or more, and never into the future.

    The day of the last run may be asked for again: it is the same run, and changes nothing.

    Raises:
        RunInTheFuture, RunBeforeLast

    Source: BI6.

    >>> check_run(day("2026-03-09"), last=day("2026-03-09"), today=day("2026-03-09"))
    """
    if as_of > today:
        raise RunInTheFuture(as_of, today)
    if last is not None and as_of < last:
        raise RunBeforeLast(as_of, last)


def reached_on(level: Level, due_on: date, stepped_on: date | None) -> date:
    """The first day on which an item reaches a level; that day is included.

    | days | from                | due 10 March, last level on 20 March | reached  |
    |    7 | the due day         |                                      | 17 March |
    |    7 | the end of month    |                                      |  7 April |
    |    7 | the level before it |                                      | 27 March |

    Args:
        stepped_on: when the item reached the level before; needed only where that counts.

    Source: BI6.

    >>> reached_on(Level(1, Delay.DUE_DATE, 7), day("2026-03-10"), None)
    datetime.date(2026, 3, 17)
    """
    start = due_on
    if level.delay is Delay.END_OF_MONTH:
        start = due_on.replace(day=monthrange(due_on.year, due_on.month)[1])
    elif level.delay is Delay.LAST_LEVEL:
        assert stepped_on is not None, "checked: the first level counts from the due day"
        start = stepped_on
    return start + timedelta(days=level.days)


def next_step(item: Item, procedure: Procedure, as_of: date) -> Step | None:
    """In one run an item goes up by one level at most, if it is overdue and has reached it.

    An item that nobody reminded for 40 days is at level 1 after the first run, and at level 2
    after the next: no level is jumped over, and each costs its fee once.

    Source: BI6.
    """
    level = next((one for one in procedure.levels if one.number > item.level), None)
    if level is None or as_of <= item.due_on:
        return None
    if as_of < reached_on(level, item.due_on, item.stepped_on):
        return None
    return Step(item, level, fee(level, item.open))


def fee(level: Level, open_: Money) -> Money | None:
    """What a reminder of this level costs: a fixed amount, or a part of what is open.

    A percentage is rounded half up to the cent; a fixed fee in another currency is none.

    Source: BI6.

    >>> fee(Level(2, Delay.DUE_DATE, 14, fee_rate=Decimal("0.02")), mxn("100.25"))
    Money('2.01 MXN')
    >>> fee(Level(2, Delay.DUE_DATE, 14, fee=mxn("50")), mxn("100.25"))
    Money('50 MXN')
    """
    if level.fee is not None:
        return level.fee if level.fee.currency == open_.currency else None
    share = open_.share(level.fee_rate) if level.fee_rate else None
    return share or None


def late_interest(
    owed: Iterable[Owed], due_on: date, until: date, terms: InterestTerms
) -> list[InterestLine]:
    """Interest runs on what was owed, for as long as it was owed after the due day.

    So a payment ends it for its part and does not undo it. A day counts when something is owed
    at its end; the day of the payment no longer counts, the due day does: days of interest are
    days late.

    | due 1 March, 1,000 owed, 400 paid on 11 March, until 31 March, 36 % of 360 days |
    | since    | until    | days | principal | interest |
    |  1 March | 11 March |   10 |     1 000 |    10.00 |
    | 11 March | 31 March |   20 |       600 |    12.00 |

    Source: BI6.

    >>> paid = [Owed(day("2026-02-01"), Decimal(1000)), Owed(day("2026-03-11"), Decimal(-1000))]
    >>> terms = InterestTerms(Decimal("0.36"))
    >>> [line.days for line in late_interest(paid, day("2026-03-01"), day("2026-12-31"), terms)]
    [10]
    """
    balance, since, lines = Decimal(0), due_on, []
    for change in sorted(owed, key=lambda each: each.day):
        if change.day > since:
            lines += _line(since, min(change.day, until), balance, terms)
            since = change.day
        balance += change.amount
    return lines + _line(since, until, balance, terms)


def _line(since: date, until: date, principal: Decimal, terms: InterestTerms) -> list[InterestLine]:
    days = (until - since).days
    if days <= 0 or principal <= 0:
        return []
    amount = principal * terms.yearly_rate * days / terms.days_of_year
    return [InterestLine(since, until, days, principal, amount)]


def interest_is_due(item: Item, last: date, as_of: date, *, stepping: bool) -> bool:
    """Interest is charged with each level, once the item is settled, and else once a month.

    Args:
        last: up to when it was charged before, or the due day; after 30 days it is due again.

    Source: BI6.
    """
    return stepping or not item.open or as_of - last >= A_MONTH


def interest(lines: Sequence[InterestLine], charged: Money) -> Interest:
    """What is charged now: all interest so far, rounded half up to the cent once, less before.

    It is never negative: what was charged too much (a payment that was told late) is counted
    against what comes later.

    Source: BI6.
    """
    exact = sum((line.amount for line in lines), Decimal(0))
    whole = Money(exact, charged.currency).share(ONE)
    nothing = Money.zero(charged.currency)
    return Interest(lines, max(whole - charged, nothing))


def covered(items: Iterable[Item], promised: Mapping[UUID, Sequence[Money]]) -> set[UUID]:
    """Who promised all that is overdue is not reminded before the promised day has passed.

    Args:
        items: what is overdue and would be reminded.
        promised: what customers promised for today or later, by currency.

    Source: BI6.
    """
    owed: dict[tuple[UUID, str], Decimal] = {}
    for item in items:
        key = (item.whose.customer, item.open.currency)
        owed[key] = owed.get(key, Decimal(0)) + item.open.amount
    given = {
        (customer, amount.currency): amount.amount
        for customer, amounts in promised.items()
        for amount in amounts
    }
    short = {key[0] for key, amount in owed.items() if given.get(key, Decimal(0)) < amount}
    return {customer for customer, _ in owed} - short
