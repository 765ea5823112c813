from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from contracts.targets.imports import ImportProducts, ProductRecord
from contracts.targets.reports import (
    ExplainCommission,
    ReportAttainment,
    ReportCommissions,
    ReportSales,
)
from contracts.targets.summaries import GetPersonSummary, GetUnitSummary
from kernel.problems import NotFound
from targets.organisation.rules import AmbiguousName, UnknownPerson
from targets.reports import rules

from ..conftest import Targets, asks, credit, day, invoice, line, mxn, some


async def sales(targets: Targets, by: str, who: Any = None, **more: Any) -> list[tuple[Any, ...]]:
    report = await targets.ask(ReportSales(company="acme", by=by, **more), who)
    return [(row.id, row.name, row.period, row.orders, row.net, row.gross) for row in report.rows]


@pytest.fixture
async def sold(targets: Targets) -> Targets:
    """Two invoices and a credit note in Monterrey, one in its team, one in Guadalajara."""
    await targets.customer("Talleres Peña", "C-7")
    first = invoice("F1", "1000", lines=[line(1, "DISC", "600"), line(2, "PAD", "400")])
    await targets.hear(
        first,
        invoice("F2", "500.25", lines=[line(1, "DISC", "500")], issued_on="2026-04-30"),
        credit("N1", first, "100", issued_on="2026-05-02", lines=[line(2, "PAD", "100")]),
        invoice("F3", "70", unit="mty-7", rep=None),
        invoice("F4", "30", unit="gdl", rep=some("Eva"), customer=some("unheard of")),
    )
    return targets


async def test_sales_by_unit_are_those_of_the_unit_itself(sold: Targets) -> None:
    assert await sales(sold, "unit") == [
        ("gdl", "Gdl", None, 1, "30.00", "34.80"),
        ("mty", "Mty", None, 2, "1400.25", "1624.29"),
        ("mty-7", "Mty-7", None, 1, "70.00", "81.20"),
    ]


async def test_sales_roll_up_to_a_level_and_what_stands_above_it_stays(sold: Targets) -> None:
    assert [row[:2] + row[4:5] for row in await sales(sold, "unit", level="company")] == [
        ("ACME", "Acme", "1500.25")
    ]
    assert [row[:2] + row[4:5] for row in await sales(sold, "unit", level="team")] == [
        ("gdl", "Gdl", "30.00"),
        ("mty", "Mty", "1400.25"),
        ("mty-7", "Mty-7", "70.00"),
    ]
    with pytest.raises(rules.UnknownLevel):
        await sales(sold, "unit", level="galaxy")


async def test_a_team_that_moved_rolls_up_where_it_stood_on_each_day(sold: Targets) -> None:
    await sold.unit("mty-7", "gdl", level="team", since=day("2026-04-01"))
    await sold.hear(invoice("F5", "5", unit="mty-7", rep=None, issued_on="2026-04-01"))
    rows = await sales(sold, "unit", level="branch", period="month")
    assert [(row[0], row[2], row[4]) for row in rows] == [
        ("gdl", "2026-03", "30.00"),
        ("gdl", "2026-04", "5.00"),
        ("mty", "2026-03", "1070.00"),
        ("mty", "2026-04", "500.25"),
        ("mty", "2026-05", "-100.00"),
    ]


async def test_sales_by_rep_and_period_name_nobody_where_there_was_no_rep(sold: Targets) -> None:
    assert await sales(sold, "rep", period="quarter") == [
        ("A", "Ana", "2026-Q1", 1, "1000.00", "1160.00"),
        ("A", "Ana", "2026-Q2", 1, "400.25", "464.29"),
        ("E", "Eva", "2026-Q1", 1, "30.00", "34.80"),
        (None, None, "2026-Q1", 1, "70.00", "81.20"),
    ]


async def test_sales_by_customer_say_number_and_name(sold: Targets) -> None:
    assert [row[:2] + row[3:5] for row in await sales(sold, "customer", period="year")] == [
        ("C-7", "Talleres Peña", 3, "1470.25"),
        (str(some("unheard of")), None, 1, "30.00"),
    ]


async def test_sales_by_product_show_what_the_lines_do_not_explain(sold: Targets) -> None:
    products = ImportProducts(company="acme", records=[ProductRecord(key="DISC", name="Disco")])
    await sold.ask(products)
    assert await sales(sold, "product") == [
        ("DISC", "Disco", None, 2, "1100.00", None),
        ("PAD", None, None, 1, "300.00", None),
        (None, None, None, 3, "100.25", None),
    ]


async def test_a_product_without_difference_has_no_difference_row(targets: Targets) -> None:
    await targets.hear(invoice("F1", "10", lines=[line(1, "DISC", "10")]))
    assert [row[0] for row in await sales(targets, "product")] == ["DISC"]


async def test_the_range_includes_its_first_day_and_not_its_last(sold: Targets) -> None:
    rows = await sales(sold, "unit", from_=day("2026-03-02"), to=day("2026-04-30"))
    assert [(row[0], row[4]) for row in rows] == [
        ("gdl", "30.00"),
        ("mty", "1000.00"),
        ("mty-7", "70.00"),
    ]


async def test_what_cancels_out_within_a_period_still_counts_its_order(targets: Targets) -> None:
    first = invoice("F1", "10", lines=[])
    await targets.hear(first, credit("N1", first, "10"))
    assert await sales(targets, "unit") == [("mty", "Mty", None, 1, "0.00", "0.00")]
    await targets.hear(credit("N2", first, "0", issued_on="2026-09-01"))
    assert await sales(targets, "unit", from_=day("2026-09-01")) == []


async def test_an_order_invoiced_twice_is_one_order(targets: Targets) -> None:
    await targets.hear(invoice("F1", "10"), invoice("F2", "5", order=some("order F1")))
    assert await sales(targets, "rep") == [("A", "Ana", None, 1, "15.00", "17.40")]


async def test_a_branch_sees_its_own_sales_and_a_rep_their_own(sold: Targets) -> None:
    branch = asks("manager", units=("gdl",))
    assert [row[0] for row in await sales(sold, "unit", branch)] == ["gdl"]
    assert [row[0] for row in await sales(sold, "customer", branch)] == [str(some("unheard of"))]
    rep = asks("rep", units=("mty", "mty-7"), person="Ana")
    assert await sales(sold, "unit", rep) == [("mty", "Mty", None, 2, "1400.25", "1624.29")]
    with pytest.raises(NotFound):
        await sales(sold, "unit", asks("manager", units=("elsewhere",)))


async def attainment(targets: Targets, by: str, who: Any = None) -> list[tuple[Any, ...]]:
    report = await targets.ask(ReportAttainment(company="acme", by=by), who)
    return [(row.id, row.quota, row.actual, row.attainment, row.orders) for row in report.rows]


async def test_attainment_has_a_row_per_quota_even_without_sales(sold: Targets) -> None:
    await sold.quota("Ana", "3000.00", "2026-03-01", "2026-05-01")
    await sold.quota("Ana", "0.00", "2026-05-01", None)
    await sold.quota("Luis", "500.00", "2026-03-01", "2026-04-01")
    assert await attainment(sold, "rep") == [
        ("A", "3000.00", "1500.25", "0.5001", 2),
        ("A", "0.00", "-100.00", None, 0),
        ("L", "500.00", "0.00", "0.0000", 0),
    ]


async def test_attainment_of_a_unit_holds_all_that_is_below_it(sold: Targets) -> None:
    for name, target in (("Ana", "3000.00"), ("Luis", "1000.00"), ("Eva", "60.00")):
        await sold.quota(name, target, "2026-03-01", "2026-04-01")
    assert await attainment(sold, "unit") == [
        ("ACME", "4060.00", "1100.00", "0.2709", 3),
        ("gdl", "60.00", "30.00", "0.5000", 1),
        ("mty", "4000.00", "1070.00", "0.2675", 2),
    ]
    assert await attainment(sold, "unit", asks("manager", units=("mty", "mty-7"))) == [
        ("mty", "4000.00", "1070.00", "0.2675", 2)
    ]


async def test_an_order_invoiced_by_two_units_is_one_order_of_the_company(sold: Targets) -> None:
    await sold.quota("Ana", "1000.00", "2026-03-01", None)
    await sold.quota("Eva", "1000.00", "2026-03-01", None)
    await sold.hear(invoice("F9", "1", unit="gdl", order=some("order F1")))
    orders = {row[0]: row[4] for row in await attainment(sold, "unit")}
    assert orders == {"ACME": 4, "gdl": 2, "mty": 3}


async def test_attainment_of_a_person_is_whole_for_their_manager_wherever_it_was_sold(
    sold: Targets,
) -> None:
    await sold.quota("Ana", "3000.00", "2026-03-01", "2026-05-01")
    await sold.hear(invoice("F9", "1000", unit="gdl"))
    manager = asks("manager", units=("mty",))
    assert (await attainment(sold, "rep", manager))[0][2] == "2500.25"
    assert (await attainment(sold, "rep", asks("rep", units=("gdl",), person="Ana")))[0][2] == (
        "2500.25"
    )
    assert [row[4] for row in await sales(sold, "unit", manager)] == ["1400.25"]


async def test_commissions_are_rounded_once_per_person_and_period(targets: Targets) -> None:
    await targets.plan("Ana", "0.01")
    await targets.hear(*(invoice(f"F{i}", "0.40", issued_on=f"2026-03-0{i}") for i in range(1, 4)))
    whole = await targets.ask(ReportCommissions(company="acme"))
    [row] = whole.rows
    assert (row.id, row.period, row.base, row.amount) == ("A", None, "1.20", "0.01")
    monthly = await targets.ask(ReportCommissions(company="acme", period="month"))
    assert [(row.period, row.amount) for row in monthly.rows] == [("2026-03", "0.01")]


async def test_a_rate_of_zero_has_a_base_and_no_amount(targets: Targets) -> None:
    await targets.plan("Ana", "0")
    await targets.hear(invoice("F1", "1092123.8561"))
    [row] = (await targets.ask(ReportCommissions(company="acme"))).rows
    assert (row.base, row.amount) == ("1092123.8561", "0.00")


async def test_a_commission_explains_every_cent_with_its_event(sold: Targets) -> None:
    await sold.plan("Ana", "0.015")
    asked = ExplainCommission(company="acme", rep="ana", period="2026")
    explained = await sold.ask(asked)
    assert [(each.order, each.document, each.amount) for each in explained.lines] == [
        ("O-F1", "F1", "15.00"),
        ("O-F2", "F2", "7.50375"),
        ("O-F1", "N1", "-1.50"),
    ]
    assert (explained.exact, explained.amount) == ("21.00375", "21.00")
    assert explained.lines[0].event == some(f"billing.invoice-issued.v1 {some('F1')}")
    assert explained.lines[0].plan == "Ana 2026-01-01"
    assert explained.lines[2].mirrors is not None
    march = await sold.ask(asked.model_copy(update={"rep": "A", "period": "2026-03"}))
    assert [each.document for each in march.lines] == ["F1"]


async def test_whom_and_which_period_is_said_clearly_or_refused(sold: Targets) -> None:
    await sold.person("Diana", "gdl")
    await sold.rows("UPDATE people SET name = 'ANA', sort_key = 'ana' WHERE key = 'D' RETURNING id")
    for rep, refusal in (("Nobody", UnknownPerson), ("Ana", AmbiguousName)):
        with pytest.raises(refusal):
            await sold.ask(ExplainCommission(company="acme", rep=rep))
    with pytest.raises(rules.UnknownPeriod):
        await sold.ask(ExplainCommission(company="acme", rep="D", period="2013-Q5"))
    assert (await sold.ask(ExplainCommission(company="acme", rep="D"))).lines == []


async def test_a_rep_s_day_shows_quota_place_sales_and_commission(sold: Targets) -> None:
    await sold.plan("Ana", "0.02")
    await sold.quota("Ana", "2000.00", "2026-03-01", "2026-04-01")
    await sold.quota("Eva", "30.00", "2026-03-01", "2026-04-01")
    rep = asks("rep", units=("mty",), person="Ana")
    summary = await sold.ask(GetPersonSummary(on=day("2026-03-31")), rep)
    [quota] = summary.quotas
    assert (quota.actual.amount, quota.attainment, quota.missing) == (
        Decimal(1000),
        "0.5000",
        mxn("1000.00"),
    )
    assert (quota.rank, quota.ranked) == (2, 2)
    assert [str(money.amount) for money in summary.sales] == ["1000"]
    assert summary.commissions[0].amount == mxn("20.00")
    with pytest.raises(NotFound):
        await sold.ask(GetPersonSummary(person=some("Luis")), rep)


async def test_a_manager_s_cockpit_adds_up_all_that_is_below(sold: Targets) -> None:
    await sold.quota("Ana", "2000.00", "2026-03-01", "2026-04-01")
    await sold.quota("Eva", "30.00", "2026-03-01", "2026-04-01")
    summary = await sold.ask(GetUnitSummary(unit="acme", on=day("2026-03-31")))
    whole = summary.whole
    assert (str(whole.target), str(whole.actual), whole.attainment) == (
        "2030.00 MXN",
        "1030 MXN",
        "0.5074",
    )
    assert str(whole.sales) == "1100 MXN"
    assert [(each.unit, str(each.sales)) for each in summary.units] == [
        ("gdl", "30 MXN"),
        ("mty", "1070 MXN"),
    ]
    assert [(each.name, each.rank) for each in summary.people] == [
        ("Ana", 2),
        ("Eva", 1),
        ("Luis", None),
    ]
    assert [(str(each.day), str(each.so_far.amount)) for each in summary.run] == [
        ("2026-03-02", "1100")
    ]
    with pytest.raises(NotFound):
        await sold.ask(GetUnitSummary(unit="acme"), asks("manager", units=("mty",)))
