"""Whether a promise is kept: computed from what was paid, never from what somebody says."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from uuid import UUID

from billing.promises.model import (
    Instalment,
    Judged,
    Paid,
    PlanJudged,
    Promise,
    State,
)
from kernel.money import Money
from kernel.problems import Refusal


@dataclass(eq=False)
class NothingPromised(Refusal):
    """A promise or an instalment is about more than nothing."""

    code = "promises.nothing-promised"
    title = "What is promised must be more than zero"
    amount: Money


@dataclass(eq=False)
class PromisedForThePast(Refusal):
    """Nobody promises to have paid."""

    code = "promises.for-the-past"
    title = "The promised day has passed"
    promised_on: date
    today: date


@dataclass(eq=False)
class MoreThanOwed(Refusal):
    """The customer owes less than that."""

    code = "promises.more-than-owed"
    title = "More is promised than is owed"
    promised: Money
    owed: Money


@dataclass(eq=False)
class PlanDoesNotAddUp(Refusal):
    """The instalments of a plan are together what is open on its invoices."""

    code = "promises.plan-does-not-add-up"
    title = "The instalments are not what is owed"
    instalments: Money
    owed: Money


@dataclass(eq=False)
class InstalmentsNotInOrder(Refusal):
    """Each instalment is due after the one before it."""

    code = "promises.instalments-not-in-order"
    title = "The instalments are not in the order of their days"


@dataclass(eq=False)
class NotOwed(Refusal):
    """The invoice is not open, not of this customer, or in another currency."""

    code = "promises.not-owed"
    title = "One of the invoices is not owed by this customer"
    document: str


@dataclass(eq=False)
class InAnotherPlan(Refusal):
    """An invoice is in one plan at a time."""

    code = "promises.in-another-plan"
    title = "One of the invoices is in another plan already"
    document: str


@dataclass(eq=False)
class CancelledAlready(Refusal):
    """What was cancelled stays cancelled."""

    code = "promises.cancelled-already"
    title = "It was cancelled already"


def check_promise(amount: Money, promised_on: date, owed: Money, today: date) -> Money:
    """A promise is for more than zero and at most what is owed, by today or later.

    Returns:
        The amount, in whole minor units.

    Raises:
        NothingPromised, PromisedForThePast, MoreThanOwed, DifferentCurrencies, TooManyDecimals

    Source: BI6.

    >>> today = day("2026-03-02")
    >>> check_promise(mxn("100"), today, owed=mxn("100"), today=today)
    Money('100.00 MXN')
    """
    if amount.amount <= 0:
        raise NothingPromised(amount)
    if promised_on < today:
        raise PromisedForThePast(promised_on, today)
    if amount > owed:
        raise MoreThanOwed(amount, owed)
    return amount.in_minor_units()


def check_plan(instalments: Sequence[Instalment], owed: Money, today: date) -> None:
    """The instalments come one after the other, from today on, and add up to what is owed.

    Raises:
        NothingPromised, PromisedForThePast, InstalmentsNotInOrder, PlanDoesNotAddUp

    Source: BI6.
    """
    for each in instalments:
        if each.amount.in_minor_units().amount <= 0:
            raise NothingPromised(each.amount)
    days = [each.due_on for each in instalments]
    if days and days[0] < today:
        raise PromisedForThePast(days[0], today)
    if any(day >= later for day, later in pairwise(days)):
        raise InstalmentsNotInOrder
    total = Money.total((each.amount for each in instalments), owed.currency)
    if total != owed:
        raise PlanDoesNotAddUp(total, owed)


def judge(promises: Iterable[Promise], payments: Iterable[Paid], today: date) -> dict[UUID, Judged]:
    """A promise is kept by what came in from the day it was made to the promised day, both included.

    A payment keeps the promise of the earliest day first, and what is left of it the next, so
    no money counts twice. Until the promised day has ended a promise is open; after it, what is
    not fully paid is broken. A payment that was sent back is none, and one that was booked late
    counts on its own day: so a promise may turn from kept to broken and back.

    Source: BI6.

    >>> by = Promise(UUID(int=1), day("2026-03-01"), day("2026-03-10"), mxn("100"))
    >>> judge([by], [Paid(day("2026-03-10"), mxn("100"))], day("2026-03-11"))[by.id].state.value
    'kept'
    >>> judge([by], [Paid(day("2026-03-11"), mxn("100"))], day("2026-03-11"))[by.id].state.value
    'broken'
    """
    ordered = sorted(promises, key=lambda each: (each.promised_on, each.made_on, each.id))
    paid = {each.id: Money.zero(each.amount.currency) for each in ordered}
    for payment in sorted(payments, key=lambda each: each.paid_on):
        _keep(payment, ordered, paid)
    return {each.id: Judged(_state(each, paid[each.id], today), paid[each.id]) for each in ordered}


def _keep(payment: Paid, promises: Iterable[Promise], paid: dict[UUID, Money]) -> None:
    """Let one payment keep what it can."""
    left = payment.amount
    for each in promises:
        in_time = each.made_on <= payment.paid_on <= each.promised_on
        if in_time and left and each.amount.currency == left.currency:
            part = min(left, each.amount - paid[each.id])
            paid[each.id] += part
            left -= part


def _state(promise: Promise, paid: Money, today: date) -> State:
    if paid >= promise.amount:
        return State.KEPT
    return State.OPEN if today <= promise.promised_on else State.BROKEN


def broken_now(promises: Iterable[Promise], judged: Mapping[UUID, Judged]) -> list[Promise]:
    """A broken promise counts until the customer makes a new one that is kept or still open.

    Source: BI6.
    """
    ordered = list(promises)
    good = [one for one in ordered if judged[one.id].state in {State.OPEN, State.KEPT}]
    return [
        one
        for one in ordered
        if judged[one.id].state is State.BROKEN
        and not any(later.made_on > one.promised_on for later in good)
    ]


def equal_instalments(total: Money, number: int, first_on: date) -> list[Instalment]:
    """So many instalments a month apart, equal to the cent, the first ones a cent more.

    From the 31st on, a month without that day has its last one.

    Source: BI6.

    >>> [str(one.amount) for one in equal_instalments(mxn("100"), 3, day("2026-01-31"))]
    ['33.34 MXN', '33.33 MXN', '33.33 MXN']
    >>> [one.due_on.isoformat() for one in equal_instalments(mxn("9"), 3, day("2026-01-31"))]
    ['2026-01-31', '2026-02-28', '2026-03-31']
    """
    parts = total.split([1] * number)
    return [
        Instalment(nth + 1, _months_after(first_on, nth), part) for nth, part in enumerate(parts)
    ]


def _months_after(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    last = monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))


def judge_plan(instalments: Sequence[Instalment], paid: Money, today: date) -> PlanJudged:
    """A plan is kept when all of it is paid, and broken while an instalment is late.

    An instalment is late from the day after its own. What is paid covers the first instalments
    first; who catches up is back in the plan.

    Source: BI6.

    >>> plan = [Instalment(1, day("2026-03-10"), mxn("60")), Instalment(2, day("2026-04-10"), mxn("40"))]
    >>> judge_plan(plan, mxn("50"), day("2026-03-10")).state.value
    'open'
    >>> judge_plan(plan, mxn("50"), day("2026-03-11")).late
    Money('10 MXN')
    """
    nothing = Money.zero(paid.currency)
    due, missed = nothing, None
    for each in instalments:
        if each.due_on < today:
            due += each.amount
            if missed is None and paid < due:
                missed = each.number
    late = max(due - paid, nothing)
    total = Money.total((each.amount for each in instalments), paid.currency)
    kept = State.KEPT if paid >= total else State.OPEN
    return PlanJudged(State.BROKEN if late else kept, paid, late, missed)
