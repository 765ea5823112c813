from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from billing.analysis.rules import NoDays
from contracts.billing.analysis import (
    ForecastCash,
    ReceivablesRow,
    ReportConcentration,
    ReportPayments,
    ReportReceivables,
)
from contracts.billing.reports import ReportAgeing
from contracts.billing.settlement import ChargeCustomer, ReversePayment
from kernel import clock

from ..conftest import ANA, COMPANY, EVA, Billing

MARCH = {"from_": date(2026, 3, 1), "to": date(2026, 4, 1)}


async def _march(billing: Billing, who=None, **more) -> list[ReceivablesRow]:
    asked = ReportReceivables(company=COMPANY, **MARCH, **more)
    return list((await billing.ask(asked, who)).rows)


async def test_a_payment_taken_back_was_never_on_time_and_is_owed_again(billing: Billing):
    customer = await billing.customer()
    await billing.hear(billing.delivered("P-1", customer, "100"))
    paid = await billing.pay(customer, "60", paid_on="2026-03-10")
    (before,) = await _march(billing)
    assert (before.collected, before.closing, before.on_time) == ("60.00", "40.00", "1.0000")
    back = ReversePayment(payment=paid.payment, reversed_on=date(2026, 3, 20), reason="Sin fondos")
    await billing.ask(back)
    (after,) = await _march(billing)
    assert (after.collected, after.closing, after.on_time) == ("0.00", "100.00", None)
    assert Decimal(after.other) == 0


async def test_what_a_credit_note_settles_is_not_collected(billing: Billing):
    customer = await billing.customer()
    await billing.hear(
        billing.delivered("P-1", customer, "100"), billing.returned("P-1", customer, "30")
    )
    (row,) = await _march(billing)
    assert (row.invoiced, row.collected, row.other, row.closing) == (
        "100.00", "0.00", "-30.00", "70.00",
    )  # fmt: skip


async def test_interest_and_fees_are_owed_and_no_sale(billing: Billing):
    customer = await billing.customer()
    today = clock.today()
    fee = ChargeCustomer(
        customer=customer,
        kind="fee",
        amount=billing.mxn("50"),
        due_on=today,
        reason="Cheque devuelto",
    )
    await billing.ask(fee)
    report = await billing.ask(ReportAgeing(company=COMPANY, as_of=today))
    assert [(row.total, row.invoices) for row in report.rows] == [("50.00", 1)]
    first = today.replace(day=1)
    asked = ReportReceivables(company=COMPANY, from_=first, to=date(2100, 1, 1))
    (row,) = (await billing.ask(asked)).rows
    assert (row.invoiced, row.other, row.closing, row.dso) == ("0.00", "50.00", "50.00", None)
    assert (await billing.ask(ReportPayments(company=COMPANY))).rows == []


async def test_nothing_to_collect_is_no_effectiveness_and_all_of_it_is_1(billing: Billing):
    customer = await billing.customer()
    await billing.hear(billing.delivered("P-1", customer, "100"))
    (row,) = await _march(billing)
    assert (row.effectiveness, row.dso, row.best_dso) == (None, "31.00", "31.00")
    await billing.pay(customer, "100", paid_on="2026-03-31")
    (row,) = await _march(billing)
    assert (row.effectiveness, row.dso, row.closing) == ("1.0000", "0.00", "0.00")


async def test_the_due_day_itself_is_not_overdue(billing: Billing):
    customer = await billing.customer()
    await billing.hear(billing.delivered("P-1", customer, "1", due_on="2026-03-31"))
    await billing.hear(billing.delivered("P-2", customer, "2", due_on="2026-03-30"))
    (row,) = await _march(billing)
    assert (row.closing, row.overdue) == ("3.00", "2.00")


async def test_people_see_the_figures_of_what_is_theirs(billing: Billing):
    customer = await billing.customer()
    await billing.hear(
        billing.delivered("P-1", customer, "1"),
        billing.delivered("P-2", customer, "2", unit="gdl"),
        billing.delivered("P-3", customer, "4", rep=EVA),
    )
    stranger = billing.asks("manager", units=("otra",))
    day = date(2026, 3, 31)
    for who, seen in (
        (billing.asks("manager", units=("mty",)), "5.00"),
        (billing.asks("rep", person=EVA), "4.00"),
        (billing.asks("rep", person=ANA), "3.00"),
    ):
        assert [row.closing for row in await _march(billing, who)] == [seen]
        payments = await billing.ask(ReportPayments(company=COMPANY, basis="invoice"), who)
        assert [row.amount for row in payments.rows] == [seen]
        cash = await billing.ask(ForecastCash(company=COMPANY, as_of=day), who)
        assert [row.open for row in cash.rows] == [seen]
    for asked in (
        ReportReceivables(company=COMPANY, **MARCH),
        ReportPayments(company=COMPANY),
        ReportConcentration(company=COMPANY, as_of=day),
        ForecastCash(company=COMPANY, as_of=day),
    ):
        assert (await billing.ask(asked, stranger)).rows == []


async def test_an_invoice_is_settled_when_all_of_it_is(billing: Billing):
    customer = await billing.customer()
    await billing.hear(billing.delivered("P-1", customer, "100"))
    await billing.pay(customer, "99.99", paid_on="2026-03-10")
    assert (await billing.ask(ReportPayments(company=COMPANY))).rows == []
    await billing.pay(customer, "0.01", paid_on="2026-04-02")
    (row,) = (await billing.ask(ReportPayments(company=COMPANY, period="month"))).rows
    assert (row.period, row.settled, row.on_time, row.days_late) == ("2026-04", 1, 0, 1)


async def test_a_period_without_a_day_is_refused(billing: Billing):
    asked = ReportReceivables(company=COMPANY, from_=date(2026, 3, 1), to=date(2026, 3, 1))
    with pytest.raises(NoDays) as no:
        await billing.ask(asked)
    assert billing.status_of(asked, no.value) == 422


async def test_without_any_history_cash_is_expected_on_its_due_day(billing: Billing):
    customer = await billing.customer(owner=UUID(int=5))
    await billing.hear(billing.delivered("P-1", customer, "8", due_on="2026-04-01"))
    asked = ForecastCash(company=COMPANY, as_of=date(2026, 3, 31), weeks=1)
    (row,) = (await billing.ask(asked)).rows
    assert ([week.amount for week in row.weeks], row.habit_days) == (["8.00"], None)
    later = ForecastCash(company=COMPANY, as_of=date(2026, 4, 1), weeks=1)
    (row,) = (await billing.ask(later)).rows
    assert (row.beyond_habit, row.later) == ("8.00", "0.00")
