from __future__ import annotations

from datetime import date

import pytest

from billing.overdue import commands

from ..conftest import Billing


async def _look(billing: Billing, day: str) -> list[tuple[str, int]]:
    """What is told on a day: number and days overdue."""
    before = len(await billing.told("invoice-overdue"))
    more = True
    while more:
        async with billing.database.working("overdue") as tx:
            more = await commands.tell_overdue(tx, date.fromisoformat(day))
    told = (await billing.told("invoice-overdue"))[before:]
    return [(one["number"], one["overdue_days"]) for one in told]


async def test_an_invoice_is_told_once_on_the_first_day_after_its_due_day(billing: Billing):
    customer = await billing.customer()
    await billing.hear(billing.delivered("P-1", customer, "100", due_on="2026-03-10"))
    assert await _look(billing, "2026-03-10") == []
    assert await _look(billing, "2026-03-11") == [("P-1", 1)]
    assert await _look(billing, "2026-03-11") == await _look(billing, "2026-03-12") == []
    (told,) = await billing.told("invoice-overdue")
    assert told["open"]["amount"] == "100.00"


async def test_a_paid_invoice_is_not_told_and_a_part_that_is_open_is(billing: Billing):
    customer = await billing.customer()
    for n in (1, 2):
        await billing.hear(billing.delivered(f"P-{n}", customer, "100", due_on="2026-03-10"))
    await billing.pay(customer, "130")
    (_,) = await _look(billing, "2026-03-11")
    (told,) = await billing.told("invoice-overdue")
    assert told["open"]["amount"] == "70.00"


async def test_days_that_were_missed_are_made_up_for_one_by_one(billing: Billing):
    customer = await billing.customer()
    await _look(billing, "2026-03-09")
    for day in ("10", "12"):
        await billing.hear(billing.delivered(day, customer, "100", due_on=f"2026-03-{day}"))
    assert await _look(billing, "2026-03-15") == [("10", 1), ("12", 1)]


async def test_an_invoice_that_is_overdue_when_it_is_issued_is_told_the_same_day(billing: Billing):
    customer = await billing.customer()
    await _look(billing, "2026-03-12")
    await billing.hear(billing.delivered("P-1", customer, "100", due_on="2026-03-10"))
    assert await _look(billing, "2026-03-12") == [("P-1", 2)]


async def test_a_clock_that_goes_back_tells_nothing_twice(billing: Billing):
    customer = await billing.customer()
    await billing.hear(billing.delivered("P-1", customer, "100", due_on="2026-03-10"))
    assert await _look(billing, "2026-03-12") == [("P-1", 2)]
    assert await _look(billing, "2026-03-11") == await _look(billing, "2026-03-12") == []


async def test_what_an_import_brought_is_never_told(billing: Billing):
    customer = await billing.customer(origin="import")
    delivered = billing.delivered("SO-1", customer, "100", due_on="2026-03-10")
    await billing.hear(delivered, origin="import")
    assert await _look(billing, "2026-06-01") == []


async def test_many_are_told_in_several_steps(billing: Billing, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(commands, "AT_ONCE", 2)
    customer = await billing.customer()
    for n in range(5):
        await billing.hear(billing.delivered(f"P-{n}", customer, "1", due_on="2026-03-10"))
    assert len(await _look(billing, "2026-03-11")) == 5
