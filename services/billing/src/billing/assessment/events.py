"""What we tell the others about assessments."""

from __future__ import annotations

from billing.batch import Row
from contracts.billing.assessment import Assessment
from contracts.billing.credit_review_due import CreditReviewDueV1
from contracts.billing.customer_assessed import CustomerAssessedV1


def assessed(made: Assessment, company: str, unit: str) -> CustomerAssessedV1:
    """A customer was assessed."""
    assert made.assessment is not None
    assert made.assessed_by is not None
    return CustomerAssessedV1(
        unit=unit,
        customer=made.customer,
        company=company,
        assessment=made.assessment,
        score=made.score,
        grade=made.grade,
        proposed_limit=made.proposed_limit,
        review_on=made.review_on,
        assessed_by=made.assessed_by,
    )


def review_due(row: Row) -> CreditReviewDueV1:
    """A customer's credit is to be looked at again."""
    return CreditReviewDueV1(
        unit=row["unit"],
        customer=row["customer"],
        customer_number=row["number"],
        company=row["company"],
        rep=row["owner"],
        assessment=row["assessment"],
        review_on=row["review_on"],
        grade=row["grade"],
    )
