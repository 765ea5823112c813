"""What others are told about contracts."""

from __future__ import annotations

from billing.batch import Row
from billing.contract_review.model import State
from contracts.billing.contract_reviewed import ContractReviewedV1
from kernel.money import Money


def reviewed(row: Row) -> ContractReviewedV1:
    """A review was decided, from its row."""
    return ContractReviewedV1(
        unit=row["unit"],
        review=row["id"],
        contract=row["contract"],
        number=row["number"],
        customer=row["customer"],
        company=row["company"],
        value=Money(row["value"], row["currency"]),
        approved=row["state"] == State.APPROVED,
        reviewed_by=row["decided_by"],
        requested_by=row["requested_by"],
        reason=row["reason"],
    )
