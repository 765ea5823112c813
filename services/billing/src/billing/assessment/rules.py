"""How a scorecard makes of what is known a score, a grade and a proposed limit."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, InvalidOperation

from billing.assessment.model import (
    Band,
    Factor,
    Grade,
    History,
    Line,
    Result,
    Scorecard,
    Value,
)
from kernel.money import Money
from kernel.problems import Refusal

ENTERED = "entered"
MONTHS_A_YEAR = 12
HUNDREDS = Decimal(100)
_PART = Decimal("0.0001")
_SCORE = Decimal("0.1")


@dataclass(eq=False)
class UnusableScorecard(Refusal):
    """A scorecard must be able to assess: `problem` says where it is not."""

    code = "assessment.unusable-scorecard"
    title = "The scorecard cannot be used"
    factor: str
    problem: str


@dataclass(eq=False)
class NoSuchFactor(Refusal):
    """The scorecard has no such factor that is entered; those of the ledger are computed."""

    code = "assessment.no-such-factor"
    title = "This factor is not entered"
    factor: str
    factors: list[str]


@dataclass(eq=False)
class EvidenceMissing(Refusal):
    """What is entered needs evidence: a paper, a file, a page."""

    code = "assessment.evidence-missing"
    title = "The evidence is missing"
    factor: str


@dataclass(eq=False)
class NotInScorecard(Refusal):
    """The value is none that the scorecard has points for."""

    code = "assessment.not-in-scorecard"
    title = "The scorecard has no points for this value"
    factor: str
    value: str
    choices: list[str]


def check(card: Scorecard) -> None:
    """A scorecard names each factor once, its bands go up from no bound, its grades go down to 0.

    Raises:
        UnusableScorecard

    Source: BI1.
    """
    names = [factor.name for factor in card.factors]
    for factor in card.factors:
        if names.count(factor.name) > 1:
            raise UnusableScorecard(factor.name, "twice")
        _check_bands(factor)
    bounds = [grade.at_least for grade in card.grades]
    if bounds != sorted(set(bounds), reverse=True) or bounds[-1] != 0:
        raise UnusableScorecard("", "grades")


def _check_bands(factor: Factor) -> None:
    choices = [band.choice for band in factor.bands]
    if factor.by_choice:
        if factor.source != ENTERED:
            raise UnusableScorecard(factor.name, "computed")
        if None in choices or len(set(choices)) < len(choices):
            raise UnusableScorecard(factor.name, "choices")
        return
    first, *others = [band.at_least for band in factor.bands]
    bounds = [bound for bound in others if bound is not None]
    ordered = len(bounds) == len(others) and bounds == sorted(set(bounds))
    if any(choices) or first is not None or not ordered:
        raise UnusableScorecard(factor.name, "bands")


def entered(factor: Factor, value: str, evidence: str) -> Value:
    """What somebody enters is one of the choices, or a number, and has evidence.

    Raises:
        EvidenceMissing, NotInScorecard

    Source: BI1.
    """
    if not evidence.strip():
        raise EvidenceMissing(factor.name)
    if factor.by_choice:
        choices = [band.choice for band in factor.bands if band.choice is not None]
        if value not in choices:
            raise NotInScorecard(factor.name, value, choices)
        return value
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise NotInScorecard(factor.name, value, [])
    return number


def to_enter(card: Scorecard, name: str) -> Factor:
    """The factor of a name that is entered by people.

    Raises:
        NoSuchFactor
    """
    mine = {factor.name: factor for factor in card.factors if factor.source == ENTERED}
    if name not in mine:
        raise NoSuchFactor(name, sorted(mine))
    return mine[name]


def computed(history: History, today: date, *, in_currency: bool) -> dict[str, Value]:
    """The factors of the ledger, by source; what it does not know is None, never 0.

    Somebody who never owed anything that was due has no days late, neither good nor bad. What is
    overdue counts as late as it is by now, so that nobody is on time by not paying at all.

    Args:
        in_currency: whether bands of money are in the currency of the customer's credit.

    Source: BI1.

    >>> history = History(Decimal(200), Decimal(1000), Decimal(150), Decimal(0), Decimal(0),
    ...                   Decimal(80), Decimal(500), day("2025-01-15"))
    >>> known = computed(history, day("2026-03-14"), in_currency=True)
    >>> known["days-late"], known["on-time"], known["trend"], known["seniority"]
    (Decimal('5.0000'), Decimal('0.7500'), None, Decimal('13'))
    """
    before_weight = history.weight - history.recent_weight
    before = _average(history.late - history.recent_late, before_weight)
    recent = _average(history.recent_late, history.recent_weight)
    return {
        "days-late": _average(history.late, history.weight),
        "on-time": _average(history.in_time, history.weight),
        "trend": None if recent is None or before is None else recent - before,
        "highest-balance": history.highest if in_currency and history.first_on else None,
        "turnover": history.turnover if in_currency and history.first_on else None,
        "seniority": None if history.first_on is None else _months(history.first_on, today),
    }


def _average(total: Decimal, of: Decimal) -> Decimal | None:
    return rounded(total / of) if of > 0 else None


def _months(first: date, today: date) -> Decimal:
    months = (today.year - first.year) * MONTHS_A_YEAR + today.month - first.month
    return Decimal(months - (today.day < first.day))


def band_of(factor: Factor, value: Value) -> Band | None:
    """The band of a value: the last whose bound it reaches; exactly the bound is reached.

    Source: BI1.

    >>> bands = (Band(100), Band(50, Decimal(5)), Band(0, Decimal(30)))
    >>> late = Factor("late", "days-late", Decimal(1), bands)
    >>> [band_of(late, Decimal(days)).points for days in ("4.99", "5", "30")]
    [100, 50, 0]
    """
    if value is None:
        return None
    if isinstance(value, str):
        return next((band for band in factor.bands if band.choice == value), None)
    reached = [b for b in factor.bands if b.at_least is None or b.at_least <= value]
    return reached[-1]


def assess(
    card: Scorecard, values: Mapping[str, Value], turnover: Money | None, today: date
) -> Result:
    """The score is the average of the points of the known factors by their weights, 0 to 100.

    What is not known counts for nothing; when too little of the weights is known there is no
    grade and no limit is proposed. A score of exactly the bound of a grade has that grade.

    | factor    | points | weight |  part |
    | days late |    100 |     30 | 75.00 |
    | rating    |     20 |     10 |  5.00 |
    | score     |        |        |  80.0 |

    Args:
        values: by the name of the factor.
        turnover: of a year.

    Source: BI1.
    """
    known = {
        factor.name: band
        for factor in card.factors
        if (band := band_of(factor, values.get(factor.name)))
    }
    whole = sum((factor.weight for factor in card.factors), Decimal(0))
    weight = sum((factor.weight for factor in card.factors if factor.name in known), Decimal(0))
    lines = tuple(_line(factor, values.get(factor.name), known, weight) for factor in card.factors)
    score = _score(lines)
    share = rounded(weight / whole)
    enough = score is not None and weight >= card.least_known * whole
    grade = _grade(card.grades, score) if enough else None
    return Result(
        lines, score, share, grade, proposed(turnover, grade), _review(card, grade, today)
    )


def _line(factor: Factor, value: Value, known: Mapping[str, Band], weight: Decimal) -> Line:
    band = known.get(factor.name)
    part = None if band is None else factor.weight * band.points / weight
    return Line(factor, value, band, part)


def rounded(part: Decimal) -> Decimal:
    """A part of a score as it is shown: to four decimals, half up."""
    return part.quantize(_PART, ROUND_HALF_UP)


def _score(lines: Sequence[Line]) -> Decimal | None:
    parts = [line.part for line in lines if line.part is not None]
    return sum(parts, Decimal(0)).quantize(_SCORE, ROUND_HALF_UP) if parts else None


def _grade(grades: Sequence[Grade], score: Decimal | None) -> Grade | None:
    return next((grade for grade in grades if score is not None and score >= grade.at_least), None)


def proposed(turnover: Money | None, grade: Grade | None) -> Money | None:
    """As many months of turnover as the grade gives, in whole hundreds, rounded down.

    Without a grade or without turnover there is nothing to propose.

    Source: BI1.

    >>> good = Grade("A", Decimal(80), Decimal("1.5"), 12)
    >>> proposed(mxn("120500"), good)
    Money('15000 MXN')
    """
    if grade is None or turnover is None or turnover.amount <= 0:
        return None
    exact = turnover.amount / MONTHS_A_YEAR * grade.months
    hundreds = (exact / HUNDREDS).to_integral_value(ROUND_FLOOR)
    return Money.of(hundreds * HUNDREDS, turnover.currency)


def _review(card: Scorecard, grade: Grade | None, today: date) -> date:
    """Who has no grade is looked at as soon as the worst."""
    months = grade.review_months if grade else min(one.review_months for one in card.grades)
    return in_months(today, months)


def in_months(day: date, months: int) -> date:
    """The same day some months later, or the last of that month when it has no such day.

    >>> str(in_months(day("2026-10-31"), 1)), str(in_months(day("2026-10-31"), 3))
    ('2026-11-30', '2027-01-31')
    """
    year, month = divmod(day.year * MONTHS_A_YEAR + day.month - 1 + months, MONTHS_A_YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
