from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from billing.ageing.rules import BoundsOutOfOrder
from contracts.billing.reports import AgeingRow, ReportAgeing
from contracts.targets.unit_changed import UnitChangedV1

from ..conftest import Billing

DUE = date(2026, 4, 1)


async def _ageing(
    billing: Billing, as_of: date, by: str | None = None, who=None
) -> list[AgeingRow]:
    asked = ReportAgeing(company="refacciones", as_of=as_of, by=by)
    return list((await billing.ask(asked, who)).rows)


@pytest.fixture
async def one_invoice(billing: Billing):
    customer = await billing.customer()
    await billing.hear(billing.delivered("P-1", customer, "100.0001"))
    return billing


async def test_each_bucket_begins_where_the_one_before_ends(one_invoice):
    for days, bucket in (
        (-30, "current"),
        (0, "current"),
        (1, "d1_30"),
        (30, "d1_30"),
        (31, "d31_60"),
        (60, "d31_60"),
        (61, "d61_90"),
        (90, "d61_90"),
        (91, "over_90"),
    ):
        (row,) = await _ageing(one_invoice, DUE + timedelta(days=days))
        filled = {name for name in AgeingRow.model_fields if getattr(row, name) == "100.0001"}
        assert filled == {bucket, "total"}, days
        assert (row.id, row.name, row.invoices) == ("refacciones", "Refacciones", 1)


async def test_before_it_was_issued_nothing_is_open(one_invoice):
    assert await _ageing(one_invoice, date(2026, 3, 1)) == []
    assert len(await _ageing(one_invoice, date(2026, 3, 2))) == 1


async def test_what_is_settled_later_is_open_until_then(billing: Billing):
    customer = await billing.customer()
    await billing.hear(
        billing.delivered("P-1", customer, "100"),
        billing.returned("P-1", customer, "10", returned_on="2026-03-20"),
    )
    await billing.pay(customer, "60", paid_on="2026-03-02")
    open_on = [(await _ageing(billing, date(2026, 3, day)))[0].total for day in (2, 19, 20)]
    assert open_on == ["40.00", "40.00", "30.00"]


async def test_rows_are_by_customer_unit_or_rep_and_sorted_by_name(billing: Billing):
    zoe, ana = await billing.customer("Zoe"), await billing.customer("Ana")
    stranger = billing.some("Sin ficha")
    await billing.hear(
        billing.delivered("P-1", zoe, "1"),
        billing.delivered("P-2", ana, "2", unit="gdl", rep=None),
        billing.delivered("P-3", ana, "3"),
        billing.delivered("P-4", stranger, "4"),
    )
    by_customer = await _ageing(billing, DUE, "customer")
    assert [(row.id, row.name, row.total, row.invoices) for row in by_customer] == [
        ("C-Ana", "Ana", "5.00", 2),
        ("C-Zoe", "Zoe", "1.00", 1),
        (str(stranger), None, "4.00", 1),
    ]
    by_unit = await _ageing(billing, DUE, "unit")
    assert [(row.id, row.name, row.total) for row in by_unit] == [
        ("gdl", "Gdl", "2.00"),
        ("mty", "Mty", "8.00"),
    ]
    by_rep = await _ageing(billing, DUE, "rep")
    assert [(row.id, row.name, row.total) for row in by_rep] == [
        ("A", "Ana", "8.00"),
        (None, None, "2.00"),
    ]


async def test_people_see_the_ageing_of_what_is_theirs(billing: Billing):
    customer = await billing.customer()
    await billing.hear(
        billing.delivered("P-1", customer, "1"),
        billing.delivered("P-2", customer, "2", unit="gdl"),
        billing.delivered("P-3", customer, "4", rep=UUID(int=2)),
    )
    (branch,) = await _ageing(billing, DUE, who=billing.asks("manager", units=("mty",)))
    (own,) = await _ageing(billing, DUE, who=billing.asks("rep", person=UUID(int=2)))
    nobody = await _ageing(billing, DUE, who=billing.asks("manager", units=("otra",)))
    assert (branch.total, own.total, nobody) == ("5.00", "4.00", [])


async def test_rows_are_by_team_branch_or_currency(billing: Billing):
    customer = await billing.customer()
    shop = UnitChangedV1(
        unit="mty-7", key="mty-7", name="Mty Siete", level="shop", company="refacciones",
        parent="mty", currency="MXN", active_from=date(2020, 1, 1),
    )  # fmt: skip
    branch = shop.model_copy(update={"unit": "mty", "key": "mty", "name": "Monterrey",
                                     "level": "branch", "parent": "refacciones"})  # fmt: skip
    await billing.hear(shop, branch)
    await billing.hear(
        billing.delivered("P-1", customer, "1", unit="mty-7"),
        billing.delivered("P-2", customer, "2", unit="mty", rep=None),
        billing.delivered("P-3", customer, "4", unit="gdl"),
    )
    everyone = billing.asks("director", units=("refacciones", "mty", "mty-7", "gdl"))
    by_branch = await _ageing(billing, DUE, "branch", everyone)
    assert [(row.id, row.name, row.total) for row in by_branch] == [
        ("gdl", "Gdl", "4.00"),
        ("mty", "Monterrey", "3.00"),
    ]
    by_team = await _ageing(billing, DUE, "team", everyone)
    assert [(row.name, row.total) for row in by_team] == [("Monterrey", "5.00"), (None, "2.00")]
    by_currency = await _ageing(billing, DUE, "currency", everyone)
    assert [(row.id, row.total, row.invoices) for row in by_currency] == [("MXN", "7.00", 3)]


async def test_buckets_are_as_asked_for_and_count_from_the_day_asked_for(one_invoice):
    async def amounts(days: int, **more: object) -> dict[str, str]:
        day = DUE + timedelta(days=days)
        asked = ReportAgeing(company="refacciones", as_of=day, bounds="15,45", **more)
        report = await one_invoice.ask(asked)
        assert report.buckets == ("current", "d1_15", "d16_45", "over_45")
        return {name: sum_ for name, sum_ in report.rows[0].amounts.items() if sum_ != "0.00"}

    for days, bucket in (
        (0, "current"),
        (15, "d1_15"),
        (16, "d16_45"),
        (45, "d16_45"),
        (46, "over_45"),
    ):
        assert await amounts(days) == {bucket: "100.0001"}, days
    assert await amounts(0, basis="invoice") == {"d16_45": "100.0001"}  # issued 30 days before


async def test_bounds_that_do_not_go_up_are_refused(billing: Billing):
    asked = ReportAgeing(company="refacciones", as_of=DUE, bounds="30,30")
    with pytest.raises(BoundsOutOfOrder) as no:
        await billing.ask(asked)
    assert billing.status_of(asked, no.value) == 422
