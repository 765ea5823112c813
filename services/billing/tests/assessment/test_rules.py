from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.assessment import rules
from billing.assessment.model import Band, Factor, Grade, History, Scorecard
from kernel.money import Money

TODAY = date(2026, 3, 2)
LATE = Factor(
    "late", "days-late", Decimal(30), (Band(100), Band(60, Decimal(5)), Band(0, Decimal(30)))
)
RATING = Factor("rating", "entered", Decimal(10), (Band(100, choice="A"), Band(20, choice="C")))
GRADES = (
    Grade("A", Decimal(80), Decimal("1.5"), 12),
    Grade("B", Decimal(60), Decimal(1), 6),
    Grade("D", Decimal(0), Decimal(0), 1),
)
CARD = Scorecard((LATE, RATING), GRADES, Decimal("0.6"), "MXN")
YEAR = Money.of(120000, "MXN")


def assess(values, card=CARD, turnover=YEAR):
    return rules.assess(card, values, turnover, TODAY)


def test_the_parts_of_the_working_add_up_to_the_score():
    result = assess({"late": Decimal(0), "rating": "C"})
    assert [line.part for line in result.lines] == [Decimal(75), Decimal(5)]
    assert result.score == Decimal("80.0")


def test_a_score_of_exactly_a_grades_bound_has_that_grade():
    assert assess({"late": Decimal(0), "rating": "C"}).grade is GRADES[0]
    one_less = Factor(
        "rating", "entered", Decimal(10), (Band(100, choice="A"), Band(19, choice="C"))
    )
    below = Scorecard((LATE, one_less), GRADES, Decimal("0.6"), "MXN")
    assert assess({"late": Decimal(0), "rating": "C"}, below).score == Decimal("79.8")
    assert assess({"late": Decimal(0), "rating": "C"}, below).grade is GRADES[1]


def test_what_is_not_known_counts_for_nothing():
    result = assess({"late": Decimal(0)})
    assert (result.score, result.known, result.grade) == (
        Decimal("100.0"),
        Decimal("0.7500"),
        GRADES[0],
    )
    assert result.lines[1].part is None


def test_too_little_known_gives_a_score_and_no_grade():
    result = assess({"rating": "A"})
    assert (result.score, result.grade, result.proposed) == (Decimal("100.0"), None, None)
    assert result.review_on == date(2026, 4, 2)
    exactly = Scorecard((LATE, RATING), GRADES, Decimal("0.25"), "MXN")
    assert assess({"rating": "A"}, exactly).grade is GRADES[0]


def test_nothing_known_is_no_score_at_all():
    result = assess({})
    assert (result.score, result.known, result.grade) == (None, 0, None)


def test_the_limit_is_months_of_turnover_in_whole_hundreds_and_0_for_the_worst():
    best, worst = {"late": Decimal(0), "rating": "A"}, {"late": Decimal(40), "rating": "C"}
    assert assess(best).proposed == Money.of(15000, "MXN")
    assert assess(best, turnover=Money.of("120799.99", "MXN")).proposed == Money.of(15000, "MXN")
    assert assess(best, turnover=Money.of("120800", "MXN")).proposed == Money.of(15100, "MXN")
    assert assess(worst).proposed == Money.of(0, "MXN")
    assert assess(best, turnover=Money.of(0, "MXN")).proposed is None


@given(
    late=st.none() | st.decimals(0, 400, places=2),
    rating=st.sampled_from([None, "A", "C"]),
)
def test_a_score_is_between_0_and_100_and_later_is_never_better(late, rating):
    result = assess({"late": late, "rating": rating})
    if result.score is None:
        assert late is None and rating is None
        return
    assert 0 <= result.score <= 100
    assert sum(line.part or 0 for line in result.lines) == pytest.approx(
        result.score, abs=Decimal("0.05")
    )
    if late is not None:
        later = assess({"late": late + 1, "rating": rating})
        assert later.score is not None and later.score <= result.score


def history(**more):
    known = dict.fromkeys(
        ("weight", "late", "in_time", "recent_weight", "recent_late", "highest", "turnover"),
        Decimal(0),
    )
    return History(**{**known, "first_on": None, **more})


def test_of_a_stranger_nothing_is_known():
    assert set(rules.computed(history(), TODAY, in_currency=True).values()) == {None}


def test_money_of_another_currency_is_not_known():
    known = history(highest=Decimal(5), turnover=Decimal(9), first_on=date(2026, 1, 2))
    mine = rules.computed(known, TODAY, in_currency=True)
    other = rules.computed(known, TODAY, in_currency=False)
    assert (mine["turnover"], other["turnover"], other["highest-balance"]) == (9, None, None)
    assert mine["seniority"] == other["seniority"] == 2


def test_a_trend_is_the_last_90_days_less_the_year_before():
    known = history(
        weight=Decimal(300),
        late=Decimal(3000),
        recent_weight=Decimal(100),
        recent_late=Decimal(2000),
    )
    assert rules.computed(known, TODAY, in_currency=True)["trend"] == Decimal(15)


@pytest.mark.parametrize(
    ("factor", "problem"),
    [
        (Factor("x", "days-late", Decimal(1), (Band(1, Decimal(0)),)), "bands"),
        (
            Factor("x", "trend", Decimal(1), (Band(1), Band(2, Decimal(5)), Band(3, Decimal(5)))),
            "bands",
        ),
        (Factor("x", "trend", Decimal(1), (Band(1), Band(2))), "bands"),
        (Factor("x", "trend", Decimal(1), (Band(1, choice="A"),)), "computed"),
        (Factor("x", "entered", Decimal(1), (Band(1, choice="A"), Band(2, choice="A"))), "choices"),
        (Factor("x", "entered", Decimal(1), (Band(1, choice="A"), Band(2))), "choices"),
        (Factor("late", "entered", Decimal(1), (Band(1),)), "twice"),
    ],
)
def test_a_scorecard_that_cannot_assess_is_refused(factor, problem):
    with pytest.raises(rules.UnusableScorecard) as no:
        rules.check(Scorecard((LATE, factor), GRADES, Decimal(0), "MXN"))
    assert no.value.problem == problem


@pytest.mark.parametrize("grades", [GRADES[:2], GRADES[::-1], (GRADES[0], GRADES[0], GRADES[2])])
def test_grades_go_down_to_0(grades):
    with pytest.raises(rules.UnusableScorecard):
        rules.check(Scorecard((LATE,), grades, Decimal(0), "MXN"))
    rules.check(CARD)


def test_what_is_entered_has_evidence_and_is_in_the_scorecard():
    assert rules.entered(RATING, "A", "Buró 2026-02") == "A"
    with pytest.raises(rules.EvidenceMissing):
        rules.entered(RATING, "A", "  ")
    with pytest.raises(rules.NotInScorecard) as no:
        rules.entered(RATING, "B", "Buró")
    assert no.value.choices == ["A", "C"]
    number = Factor("years", "entered", Decimal(1), (Band(0), Band(100, Decimal(5))))
    assert rules.entered(number, "7.5", "acta") == Decimal("7.5")
    for wrong in ("siete", "NaN", "Infinity"):
        with pytest.raises(rules.NotInScorecard):
            rules.entered(number, wrong, "acta")
    with pytest.raises(rules.NoSuchFactor):
        rules.to_enter(CARD, "late")
