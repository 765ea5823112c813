from __future__ import annotations

from decimal import Decimal

from billing.assessment import events
from contracts.billing.assessment import Assessment
from contracts.samples import SAMPLES


def test_what_we_tell_of_an_assessment_is_the_sample_that_others_read():
    sample = SAMPLES["billing.customer-assessed.v1"]
    made = Assessment(
        assessment=sample.assessment, customer=sample.customer, scorecard="general", version=1,
        as_of=sample.review_on, working=(), score=sample.score, known=Decimal(1),
        grade=sample.grade, monthly_turnover=None, proposed_limit=sample.proposed_limit,
        review_on=sample.review_on, assessed_by=sample.assessed_by,
    )  # fmt: skip
    assert events.assessed(made, sample.company, sample.unit) == sample


def test_what_we_tell_of_a_review_is_the_sample_that_others_read():
    sample = SAMPLES["billing.credit-review-due.v1"]
    row = sample.model_dump() | {"owner": sample.rep, "number": sample.customer_number}
    assert events.review_due(row) == sample
