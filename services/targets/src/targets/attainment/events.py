"""What the others are told of attainment."""

from __future__ import annotations

from contracts.targets.attainment_reached import AttainmentReachedV1
from kernel.money import Money
from targets.attainment.rules import THRESHOLD, attainment
from targets.plan.model import Quota


def attainment_reached(quota: Quota, actual: Money) -> AttainmentReachedV1:
    """A person reached the quota of a period."""
    fraction = attainment(actual.amount, quota.target.amount)
    assert fraction is not None, "a target of zero is nothing to reach"
    return AttainmentReachedV1(
        unit=quota.unit,
        quota=quota.id,
        person=quota.person,
        company=quota.company,
        period_start=quota.period.start,
        period_end=quota.period.end,
        target=quota.target,
        actual=actual,
        attainment=fraction,
        threshold=THRESHOLD,
    )
