from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from billing.contract_review import rules
from billing.contract_review.model import Answer, Found, Item, Review, State
from kernel.money import Money, TooManyDecimals

ANA, EVA = UUID(int=1), UUID(int=3)
POWERS = Item("powers", {"es": "Poderes", "en": "Powers"})
CREDIT = Item("credit", {"es": "Crédito", "en": "Credit"}, role="collector")
EXPORT = Item("export", {"es": "Exportación", "en": "Export"}, mandatory=False)


def review(*answers: Answer, state: State = State.OPEN) -> Review:
    return Review(
        UUID(int=9),
        "acme",
        "mty",
        ANA,
        Money.of("100", "MXN"),
        state,
        [POWERS, CREDIT, EXPORT],
        {answer.item: answer for answer in answers},
    )


def says(item: str, found: Found = Found.YES, note: str = "") -> Answer:
    return Answer(item, found, note, EVA)


def test_every_mandatory_point_is_a_yes_before_a_review_is_submitted():
    complete = [says("powers"), says("credit"), says("export", Found.NOT_APPLICABLE, "México")]
    assert rules.submitted(review(*complete)) is State.SUBMITTED
    for left_out in complete:
        rest = [answer for answer in complete if answer != left_out]
        with pytest.raises(rules.NotReviewed) as no:
            rules.submitted(review(*rest))
        assert no.value.missing == [left_out.item]


def test_a_no_to_a_mandatory_point_stops_it_and_to_another_one_does_not():
    answers = [says("powers"), says("credit"), says("export", Found.NO, "Falta permiso")]
    assert rules.missing(review(*answers)) == []
    assert rules.missing(review(says("powers", Found.NO, "Sin poder"), *answers[1:])) == ["powers"]


def test_whoever_wants_the_contract_does_not_review_it():
    with pytest.raises(rules.OwnReview):
        rules.answered(review(), "powers", Found.YES, "", ANA, {"director"})
    assert rules.answered(review(), "powers", Found.YES, " ok ", EVA, ()).note == "ok"


def test_a_point_of_a_role_is_answered_by_that_role():
    with pytest.raises(rules.NotYourItem):
        rules.answered(review(), "credit", Found.YES, "", EVA, {"manager"})
    assert rules.answered(review(), "credit", Found.YES, "", EVA, {"collector"}).by == EVA


def test_a_no_and_what_is_left_out_need_a_note_and_the_mandatory_is_not_left_out():
    for item, found in (("powers", Found.NO), ("export", Found.NOT_APPLICABLE)):
        with pytest.raises(rules.NoteMissing):
            rules.answered(review(), item, found, " ", EVA, ())
        rules.answered(review(), item, found, "Porque sí", EVA, ())
    with pytest.raises(rules.MandatoryItem):
        rules.answered(review(), "powers", Found.NOT_APPLICABLE, "No aplica", EVA, ())
    with pytest.raises(rules.NoSuchItem):
        rules.answered(review(), "weather", Found.YES, "", EVA, ())


@pytest.mark.parametrize("state", [State.SUBMITTED, State.APPROVED, State.REJECTED])
def test_a_review_that_is_closed_keeps_its_answers(state: State):
    with pytest.raises(rules.ReviewClosed):
        rules.answered(review(state=state), "powers", Found.YES, "", EVA, ())
    with pytest.raises(rules.ReviewClosed):
        rules.submitted(review(state=state))


def test_only_a_submitted_review_is_decided_and_once():
    submitted = review(state=State.SUBMITTED)
    assert rules.decided(submitted, approve=True) is State.APPROVED
    assert rules.decided(submitted, approve=False) is State.REJECTED
    for state in (State.OPEN, State.APPROVED, State.REJECTED):
        with pytest.raises(rules.ReviewClosed):
            rules.decided(review(state=state), approve=True)


def test_a_checklist_has_each_point_once_and_a_mandatory_one():
    rules.check_list("sale", [POWERS, EXPORT])
    with pytest.raises(rules.SameItemTwice):
        rules.check_list("sale", [POWERS, replace(EXPORT, key="powers")])
    with pytest.raises(rules.EmptyChecklist):
        rules.check_list("sale", [EXPORT])


def test_the_value_is_more_than_zero_in_whole_cents():
    assert rules.check_value(Money.of("0.01", "MXN"))
    with pytest.raises(rules.ValueNotPositive):
        rules.check_value(Money.zero("MXN"))
    with pytest.raises(TooManyDecimals):
        rules.check_value(Money.of("0.001", "MXN"))
