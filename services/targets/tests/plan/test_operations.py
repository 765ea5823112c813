from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from contracts.targets.imports import ImportQuotas, QuotaRecord
from contracts.targets.quotas import ListQuotas, SetQuota, Share, SplitTarget
from kernel.money import DifferentCurrencies, Money, TooManyDecimals
from kernel.problems import NotYourUnit, Refusal
from targets.organisation.rules import DatesReversed, UnknownPerson
from targets.plan import rules

from ..conftest import Targets, asks, day, mxn, some

MARCH = {"period_start": day("2026-03-01"), "period_end": day("2026-04-01")}


def ana(**more: Any) -> SetQuota:
    return SetQuota(**{"person": some("Ana"), "target": mxn("1000.00"), **MARCH, **more})


async def test_the_same_period_again_changes_the_target(targets: Targets) -> None:
    first = await targets.ask(ana())
    again = await targets.ask(ana(target=mxn("1200.00")))
    assert again.quota == first.quota
    [quota] = (await targets.ask(ListQuotas())).items
    assert (quota.name, quota.unit, quota.target) == ("Ana", "mty", mxn("1200.00"))


async def test_a_total_becomes_quotas_that_add_up(targets: Targets) -> None:
    people = ("Ana", "Eva", "Luis")
    shares = [Share(person=some(name), weight=Decimal(1)) for name in people]
    split = await targets.ask(SplitTarget(total=mxn("100.00"), shares=shares, **MARCH))
    assert [str(quota.target.amount) for quota in split.quotas] == ["33.34", "33.33", "33.33"]
    assert len((await targets.ask(ListQuotas(on=day("2026-03-31")))).items) == 3


async def test_a_split_is_set_for_everybody_or_for_nobody(targets: Targets) -> None:
    await targets.quota("Eva", "5.00", "2026-03-15", "2026-04-15")
    shares = [Share(person=some(name), weight=Decimal(1)) for name in ("Ana", "Eva")]
    with pytest.raises(rules.Overlapping):
        await targets.ask(SplitTarget(total=mxn("100.00"), shares=shares, **MARCH))
    assert len((await targets.ask(ListQuotas())).items) == 1


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        (ana(person=some("nobody")), UnknownPerson),
        (ana(target=Money.of("1", "USD")), DifferentCurrencies),
        (ana(target=mxn("1.001")), TooManyDecimals),
        (ana(target=mxn("-1")), rules.NegativeTarget),
        (ana(period_end=MARCH["period_start"]), DatesReversed),
        (ana(period_start=day("2025-03-01"), period_end=day("2026-01-01")), rules.NotEmployed),
    ],
)
async def test_what_makes_no_quota_is_refused(
    targets: Targets, asked: SetQuota, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        await targets.ask(asked)
    assert (await targets.ask(ListQuotas())).items == []


async def test_one_day_of_employment_in_the_period_is_enough(targets: Targets) -> None:
    await targets.ask(ana(period_start=day("2025-03-01"), period_end=day("2026-01-02")))


async def test_a_manager_plans_for_their_own_branch_and_sees_only_it(targets: Targets) -> None:
    manager = asks("manager", units=("gdl",))
    with pytest.raises(NotYourUnit):
        await targets.ask(ana(), manager)
    await targets.quota("Ana", "1.00", "2026-03-01", "2026-04-01")
    eva = await targets.quota("Eva", "2.00", "2026-03-01", "2026-04-01")
    assert (await targets.ask(ListQuotas(), manager)).items == [eva]


async def test_a_rep_sees_their_own_quota_wherever_it_was_set(targets: Targets) -> None:
    mine = await targets.quota("Ana", "1.00", "2026-03-01", "2026-04-01")
    await targets.quota("Luis", "2.00", "2026-03-01", "2026-04-01")
    rep = asks("rep", units=("mty",), person="Ana")
    assert (await targets.ask(ListQuotas(), rep)).items == [mine]
    moved = asks("rep", units=("gdl",), person="Ana")
    assert (await targets.ask(ListQuotas(), moved)).items == [mine]


async def test_an_overlap_with_a_quota_out_of_sight_is_refused_all_the_same(
    targets: Targets,
) -> None:
    await targets.quota("Ana", "1.00", "2026-03-01", "2026-04-01")
    await targets.person("Ana", "gdl", since=day("2026-03-15"))
    manager = asks("manager", units=("gdl",))
    with pytest.raises(rules.Overlapping):
        await targets.ask(ana(period_start=day("2026-03-20")), manager)


async def test_a_quota_follows_a_person_who_was_placed_elsewhere_when_it_began(
    targets: Targets,
) -> None:
    await targets.quota("Ana", "1.00", "2026-03-01", "2026-04-01")
    await targets.person("Ana", "gdl", since=day("2026-02-15"))
    [quota] = (await targets.ask(ListQuotas())).items
    assert quota.unit == "gdl"


async def test_imported_quotas_keep_their_keys_and_bad_rows_stay_out(targets: Targets) -> None:
    def row(key: str, **more: Any) -> QuotaRecord:
        return QuotaRecord(**{"key": key, "person": "A", "target": mxn("1.2345"), **MARCH, **more})

    april = {"period_start": day("2026-04-01"), "period_end": None}
    rows = [
        row("1"),
        row("2", period_start=day("2026-03-31")),
        row("3", person="Z"),
        row("4", target=Money.of("1", "USD")),
        row("5", period_start=day("2025-01-01"), period_end=day("2025-02-01")),
        row("6", **april),
    ]
    asked = ImportQuotas(company="acme", records=rows)
    answer = await targets.ask(asked)
    assert answer.added == 2
    assert [(refused.key, refused.code) for refused in answer.refused] == [
        ("2", "plan.overlapping-quota"),
        ("3", "organisation.unknown-person"),
        ("4", "money.different-currencies"),
        ("5", "plan.not-employed"),
    ]
    again = await targets.ask(asked)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
