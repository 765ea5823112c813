from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from contracts.targets.commissions import ListPlans, PutPlan
from contracts.targets.imports import ImportPlans, PlanRecord
from kernel.problems import NotYourUnit, Refusal
from targets.commissions import rules
from targets.organisation.rules import DatesReversed, UnknownPerson

from ..conftest import START, Targets, asks, day, invoice, some


def ana(**more: Any) -> PutPlan:
    said = {
        "plan": some("plan Ana"),
        "person": some("Ana"),
        "rate": Decimal("0.012"),
        "valid_from": START,
    }
    return PutPlan(**said | more)


async def test_versions_adjoin_and_are_listed_by_day(targets: Targets) -> None:
    await targets.plan("Ana", "0.01", "2026-01-01", "2026-07-01")
    await targets.plan("Ana", "0.02", "2026-07-01")
    first = await targets.ask(ListPlans(limit=1))
    rest = await targets.ask(ListPlans(after=first.next))
    rates = [str(plan.rate) for plan in (*first.items, *rest.items)]
    assert rates == ["0.01", "0.02"]


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        (ana(rate=Decimal("1.01")), rules.RateOutOfRange),
        (ana(rate=Decimal("-0.01")), rules.RateOutOfRange),
        (ana(valid_to=START), DatesReversed),
        (ana(person=some("nobody")), UnknownPerson),
        (ana(plan=some("another"), valid_from=day("2026-06-01")), rules.OverlappingPlan),
        (ana(person=some("Eva")), rules.PlanOfAnother),
    ],
)
async def test_what_makes_no_plan_is_refused(
    targets: Targets, asked: PutPlan, refusal: type[Refusal]
) -> None:
    await targets.ask(ana())
    with pytest.raises(refusal):
        await targets.ask(asked)
    assert len((await targets.ask(ListPlans())).items) == 1


async def test_nobody_decides_what_another_branch_is_paid(targets: Targets) -> None:
    with pytest.raises(NotYourUnit):
        await targets.ask(ana(), asks("analyst", units=("gdl",)))


async def test_imported_plans_count_what_was_sold_before_them(targets: Targets) -> None:
    await targets.hear(invoice("F1", "100"))
    rows = [
        PlanRecord(key="1", person="A", rate=Decimal("0.01"), valid_from=START),
        PlanRecord(key="2", person="A", rate=Decimal("0.02"), valid_from=day("2026-02-01")),
        PlanRecord(key="3", person="E", rate=Decimal(2), valid_from=START),
    ]
    asked = ImportPlans(company="acme", records=rows)
    answer = await targets.ask(asked)
    assert [row.code for row in answer.refused] == [
        "commissions.overlapping-plan",
        "commissions.rate-out-of-range",
    ]
    [line] = await targets.rows("SELECT amount FROM commission_lines")
    assert line["amount"] == Decimal("1.00")
    assert (await targets.ask(asked)).unchanged == 1
    assert await targets.rows("SELECT FROM commission_runs WHERE finished_at IS NULL") == []
