from __future__ import annotations

from decimal import Decimal

from ..conftest import Targets, credit, day, invoice, line, mxn, some


async def actuals(targets: Targets) -> dict[tuple[str, str], Decimal]:
    rows = await targets.rows("SELECT unit, day::text AS day, net FROM actuals")
    return {(row["unit"], row["day"]): row["net"] for row in rows}


async def test_invoices_count_for_their_day_and_credit_notes_subtract_on_theirs(
    targets: Targets,
) -> None:
    first = invoice("F1", "1000.00")
    await targets.hear(first, invoice("F2", "500.50"), credit("N1", first, "250.00"))
    assert await actuals(targets) == {
        ("mty", "2026-03-02"): Decimal("1500.50"),
        ("mty", "2026-03-09"): Decimal("-250.00"),
    }
    assert await targets.wrong() == []


async def test_an_invoice_that_comes_again_counts_once(targets: Targets) -> None:
    first = invoice("F1", "1000.00", lines=[line(1, "DISC", "1000.00")])
    await targets.hear(first, first)
    await targets.hear_together([first, invoice("F2", "1.00"), first])
    assert await actuals(targets) == {("mty", "2026-03-02"): Decimal("1001.00")}
    assert await targets.wrong() == []


async def test_reaching_the_quota_to_the_cent_is_told_once(targets: Targets) -> None:
    quota = await targets.quota("Ana", "1000.00", "2026-03-01", "2026-04-01")
    await targets.hear(invoice("F1", "999.99"))
    assert await targets.told("attainment-reached") == []
    await targets.hear(invoice("F2", "0.01"), invoice("F3", "700"))
    [told] = await targets.told("attainment-reached")
    assert (told["quota"], told["attainment"]) == (str(quota.quota), "1.0000")
    assert told["actual"] == {"amount": "1000.00", "currency": "MXN"}


async def test_a_quota_that_history_reached_is_no_news(targets: Targets) -> None:
    await targets.quota("Ana", "1000.00", "2026-03-01", "2026-04-01")
    await targets.hear(invoice("F1", "2000"), origin="import")
    await targets.hear(invoice("F2", "1"))
    assert await targets.told("attainment-reached") == []


async def test_sales_before_and_after_the_period_do_not_reach_its_quota(targets: Targets) -> None:
    await targets.quota("Ana", "100.00", "2026-03-01", "2026-04-01")
    await targets.hear(
        invoice("F1", "100", issued_on="2026-02-28"), invoice("F2", "100", issued_on="2026-04-01")
    )
    assert await targets.told("attainment-reached") == []
    await targets.hear(invoice("F3", "100", issued_on="2026-03-31"))
    assert len(await targets.told("attainment-reached")) == 1


async def test_a_move_entered_late_takes_the_sales_of_its_days_along(targets: Targets) -> None:
    await targets.hear(invoice("F1", "10"), invoice("F2", "20", issued_on="2026-03-20"))
    await targets.person("Ana", "gdl", since=day("2026-03-16"))
    homes = await targets.rows("SELECT number, home FROM documents ORDER BY number")
    assert [row["home"] for row in homes] == ["mty", "gdl"]
    assert await targets.wrong() == []


async def test_the_check_finds_a_sum_that_is_off_by_a_cent(targets: Targets) -> None:
    await targets.hear(invoice("F1", "10"))
    async with targets.database.working("test") as tx:
        await tx.driver.execute("UPDATE actuals SET net = net + 0.01")
    assert await targets.wrong() == [
        f"actuals of mty and {some('Ana')} on 2026-03-02 are not their documents' sum"
    ]


async def test_money_keeps_every_decimal_that_history_gave_it(targets: Targets) -> None:
    await targets.hear(invoice("F1", "20565.6206"), origin="import")
    assert await actuals(targets) == {("mty", "2026-03-02"): mxn("20565.6206").amount}
