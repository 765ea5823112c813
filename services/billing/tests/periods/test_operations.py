from __future__ import annotations

import asyncio
from datetime import date

import asyncpg
import pytest

from billing.ledger import commands as ledger
from billing.periods import commands, store
from billing.periods.rules import ClosedInTheFuture, PeriodClosed
from contracts.billing.periods import ClosePeriod, ListPeriods
from kernel.problems import NotFound

from ..conftest import COMPANY, Billing

TODAY = date(2026, 3, 20)


async def close(billing: Billing, through: str, today: date = TODAY) -> None:
    asked = ClosePeriod(company=COMPANY, through=date.fromisoformat(through))
    who = billing.asks("director")
    async with billing.database.acting_as(who) as tx:
        await commands.close(tx, asked, who, today=today)


async def test_somebody_who_posts_into_a_closed_day_is_told_the_first_open_one(billing: Billing):
    customer = await billing.customer()
    await close(billing, "2026-02-28")
    with pytest.raises(PeriodClosed) as no:
        await billing.pay(customer, "10", paid_on="2026-02-28")
    assert no.value.first_open == date(2026, 3, 1)
    await billing.pay(customer, "10", paid_on="2026-03-01")
    assert len(await billing.documents()) == 1


async def test_what_an_event_brings_counts_on_the_first_open_day(billing: Billing):
    customer = await billing.customer()
    await close(billing, "2026-02-28")
    await billing.hear(
        billing.delivered("P-1", customer, "100", delivered_on="2026-02-27"),
        billing.returned("P-1", customer, "40", returned_on="2026-02-28"),
    )
    days = {one.kind: one.issued_on for one in await billing.documents()}
    assert set(days.values()) == {date(2026, 3, 1)}
    (told,) = await billing.told("invoice-issued")
    assert told["issued_on"] == "2026-03-01"
    assert await billing.wrong() == []


async def test_a_payment_of_a_closed_period_is_taken_back_on_an_open_day(billing: Billing):
    customer = await billing.customer()
    await billing.hear(billing.delivered("P-1", customer, "100", delivered_on="2026-02-02"))
    paid = await billing.pay(customer, "100", paid_on="2026-02-10")
    await close(billing, "2026-02-28")
    async with billing.database.working("bank") as tx:
        with pytest.raises(PeriodClosed):
            await ledger.reverse_payment(tx, paid.payment, date(2026, 2, 28), "sin fondos")
        await ledger.reverse_payment(tx, paid.payment, date(2026, 3, 1), "sin fondos")
    assert (await billing.credit(customer)).receivable == billing.mxn(100)


async def test_a_period_is_closed_when_it_is_over_and_opened_by_an_earlier_day(billing: Billing):
    with pytest.raises(ClosedInTheFuture):
        await close(billing, "2026-03-20")
    await close(billing, "2026-03-19")
    await close(billing, "2026-01-31")
    periods = await billing.ask(ListPeriods(company=COMPANY))
    assert periods.first_open == date(2026, 2, 1)
    assert [one.through for one in periods.history] == [date(2026, 1, 31), date(2026, 3, 19)]


async def test_nobody_closes_another_company(billing: Billing):
    with pytest.raises(NotFound):
        await billing.ask(ClosePeriod(company="otra", through=date(2026, 1, 1)))


async def test_whoever_closes_waits_for_what_is_being_posted(billing: Billing):
    customer = await billing.customer()
    await billing.hear(billing.delivered("P-1", customer, "100", delivered_on="2026-02-27"))
    async with billing.database.working("a slow payment") as tx:
        await tx.driver.execute(
            "INSERT INTO postings SELECT gen_random_uuid(), kind, document, company, unit, rep,"
            " customer, dated_on FROM postings"
        )
        closing = asyncio.create_task(close(billing, "2026-02-28"))
        await asyncio.sleep(0.2)
        assert not closing.done()
    await closing
    with pytest.raises(asyncpg.CheckViolationError, match="closed period"):
        async with billing.database.working("too late") as tx:
            await tx.driver.execute(
                "INSERT INTO postings SELECT gen_random_uuid(), kind, document, company, unit,"
                " rep, customer, dated_on FROM postings LIMIT 1"
            )


async def test_nobody_deletes_a_closing(billing: Billing):
    await close(billing, "2026-02-28")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with billing.database.acting_as(billing.asks()) as tx:
            await tx.driver.execute("DELETE FROM closings")
    async with billing.database.working("x") as tx:
        assert await store.closed_through(tx, ["otra"]) == {}
