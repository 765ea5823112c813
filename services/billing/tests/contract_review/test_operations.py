from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from billing.approvals import rules as approvals
from billing.contract_review import events, rules
from billing.files.queries import UnknownFile
from contracts.billing.approvals import DecideApproval, ListApprovals
from contracts.billing.contract_reviews import (
    AnswerReviewItem,
    ChecklistItem,
    ContractReview,
    GetReview,
    ListChecklists,
    ListReviews,
    OpenReview,
    PutChecklist,
    SubmitReview,
)
from contracts.samples import SAMPLES
from kernel.problems import NotFound

from ..conftest import ANA, COMPANY, EVA, Billing, asks

LUZ = UUID(int=4)
REP, MANAGER = asks("rep", person=ANA), asks("manager", person=EVA)
COLLECTOR, DIRECTOR = asks("collector", person=LUZ), asks("director", person=LUZ)
MANDATORY = ("parties", "prices", "delivery", "tax")


async def opened(billing: Billing, value: str = "100000", **more: Any) -> ContractReview:
    customer = await billing.customer()
    said = {"customer": customer, "number": "CT-17", "value": billing.mxn(value)} | more
    return await billing.ask(OpenReview(**said), REP)


async def says(billing: Billing, review: ContractReview, item: str, found: Any, **more: Any):
    who = more.pop("who", MANAGER)
    asked = AnswerReviewItem(review=review.review, item=item, found=found, **more)
    return await billing.ask(asked, who)


async def complete(billing: Billing, review: ContractReview) -> None:
    for item in MANDATORY:
        await says(billing, review, item, "yes")
    await says(billing, review, "credit", "yes", who=COLLECTOR)
    await says(billing, review, "exclusivity", "not-applicable", note="No se pidió")


async def decide(billing: Billing, who: Any, *, approve: bool = True):
    (waiting,) = (await billing.ask(ListApprovals(act="contract"), who)).items
    asked = DecideApproval(approval=waiting.approval, approve=approve, reason="Conforme")
    return await billing.ask(asked, who)


async def test_a_contract_is_reviewed_submitted_approved_and_told(billing: Billing):
    review = await opened(billing)
    assert review.state == "open"
    assert len(review.missing) == 6
    await complete(billing, review)
    submitted = await billing.ask(SubmitReview(review=review.review), REP)
    assert (submitted.state, submitted.missing) == ("submitted", [])
    await decide(billing, MANAGER)
    done = await billing.ask(GetReview(review=review.review), REP)
    assert (done.state, done.decided_by, done.reason) == ("approved", EVA, "Conforme")
    (told,) = await billing.told("contract-reviewed")
    assert (told["approved"], told["number"]) == (True, "CT-17")


async def test_what_is_missing_or_a_no_keeps_it_from_being_submitted(billing: Billing):
    review = await opened(billing)
    await complete(billing, review)
    await says(billing, review, "prices", "no", note="Falta autorizar el descuento")
    with pytest.raises(rules.NotReviewed) as no:
        await billing.ask(SubmitReview(review=review.review), REP)
    assert no.value.missing == ["prices"]
    await says(billing, review, "prices", "yes")
    assert (await billing.ask(SubmitReview(review=review.review), REP)).state == "submitted"
    with pytest.raises(rules.ReviewClosed):
        await says(billing, review, "prices", "yes")
    with pytest.raises(rules.ReviewClosed):
        await billing.ask(SubmitReview(review=review.review), REP)


async def test_a_larger_contract_goes_higher_and_a_rejected_one_stays_unsigned(billing: Billing):
    review = await opened(billing, "500000.01")
    await complete(billing, review)
    await billing.ask(SubmitReview(review=review.review), REP)
    assert (await billing.ask(ListApprovals(act="contract"), MANAGER)).items == []
    await decide(billing, DIRECTOR, approve=False)
    (told,) = await billing.told("contract-reviewed")
    assert told["approved"] is False


async def test_whoever_wants_the_contract_neither_reviews_nor_approves_it(billing: Billing):
    customer = await billing.customer()
    asked = OpenReview(customer=customer, number="CT-1", value=billing.mxn(1))
    review = await billing.ask(asked, MANAGER)
    with pytest.raises(rules.OwnReview):
        await says(billing, review, "tax", "yes")
    second = replace(MANAGER, person=UUID(int=8))
    for item in MANDATORY:
        await says(billing, review, item, "yes", who=second)
    await says(billing, review, "credit", "yes", who=COLLECTOR)
    await says(billing, review, "exclusivity", "yes", who=second)
    await billing.ask(SubmitReview(review=review.review), MANAGER)
    (waiting,) = (await billing.ask(ListApprovals(act="contract"), second)).items
    with pytest.raises(approvals.OwnRequest):
        await billing.ask(DecideApproval(approval=waiting.approval, approve=True), MANAGER)


async def test_a_review_keeps_the_checklist_of_the_day_it_was_opened(billing: Billing):
    review = await opened(billing)
    point = ChecklistItem(key="all", texts={"es": "Todo está en orden"})
    put = PutChecklist(company=COMPANY, kind="sale", items=[point])
    lists = await billing.ask(put, DIRECTOR)
    assert [one.key for one in lists.items[0].items] == ["all"]
    assert len((await billing.ask(GetReview(review=review.review))).items) == 6
    assert [one.key for one in (await opened(billing, number="CT-2")).items] == ["all"]
    with pytest.raises(rules.SameItemTwice):
        await billing.ask(put.model_copy(update={"items": [point, point]}), DIRECTOR)
    assert (await billing.ask(ListChecklists(company=COMPANY), REP)).items == lists.items


async def test_points_are_read_in_the_language_of_the_reader(billing: Billing):
    review = await opened(billing)
    english = await billing.ask(GetReview(review=review.review), replace(REP, locale="en"))
    texts = {one.key: one.text for one in english.items}
    assert texts["tax"] == "Taxes and invoicing are right"
    assert review.items[0].text.startswith("Las partes")


async def test_without_checklist_value_file_or_customer_no_review_is_opened(
    billing: Billing, file_store: Any
):
    with pytest.raises(rules.EmptyChecklist):
        await opened(billing, kind="hotel")
    with pytest.raises(rules.ValueNotPositive):
        await opened(billing, "0")
    with pytest.raises(UnknownFile):
        await opened(billing, file="sha256:" + "0" * 64)
    with pytest.raises(NotFound):
        await opened(billing, customer=UUID(int=5))
    text = file_store.put(b"%PDF contrato")
    assert (await opened(billing, file=text)).file == text


async def test_reps_see_their_own_reviews_and_another_branch_sees_none(billing: Billing):
    review = await opened(billing)
    other = asks("rep", person=LUZ)
    far = asks("director", units=("gdl",))
    for who in (other, far):
        assert (await billing.ask(ListReviews(), who)).items == []
        with pytest.raises(NotFound):
            await billing.ask(SubmitReview(review=review.review), who)
    assert len((await billing.ask(ListReviews(state="open"), REP)).items) == 1


def test_what_we_tell_of_a_review_is_the_sample_that_others_read():
    sample: Any = SAMPLES["billing.contract-reviewed.v1"]
    row = sample.__dict__ | {
        "id": sample.review,
        "value": sample.value.amount,
        "currency": sample.value.currency,
        "state": "approved",
        "decided_by": sample.reviewed_by,
    }
    assert events.reviewed(row) == sample
