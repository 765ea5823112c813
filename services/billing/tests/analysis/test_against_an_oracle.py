"""The figures of collection, against their definitions computed anew in plain Python."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from contracts.billing.analysis import (
    ForecastCash,
    ReportConcentration,
    ReportPayments,
    ReportReceivables,
)
from contracts.billing.imports import ImportInvoices, ImportPayments, InvoiceRecord, PaymentRecord
from contracts.customers.customer_changed import CustomerChangedV1, PersonalV1
from kernel.ids import imported_id
from kernel.money import Money

from ..conftest import Billing

COMPANY, START = "refacciones", date(2026, 1, 1)
CUSTOMERS = ("K1", "K2", "K3", "K4")
FIRST, TO = date(2026, 3, 1), date(2026, 4, 1)


@dataclass(frozen=True)
class Paid:
    """An invoice and when it was paid in full, if it was."""

    key: str
    customer: str
    issued_on: date
    due_on: date
    amount: Decimal
    paid_on: date | None
    disputed: bool

    def open_at(self, day: date) -> bool:
        return self.issued_on <= day and (self.paid_on is None or self.paid_on > day)

    @property
    def late(self) -> int:
        assert self.paid_on
        return max(0, (self.paid_on - self.due_on).days)


def history(dice: Random) -> list[Paid]:
    made = []
    for n in range(60):
        issued = START + timedelta(days=dice.randrange(110))
        due = issued + timedelta(days=dice.choice([0, 15, 30]))
        paid = issued + timedelta(days=dice.randrange(70))
        made.append(
            Paid(
                key=f"F{n}",
                customer=dice.choice(CUSTOMERS),
                issued_on=issued,
                due_on=due,
                amount=Decimal(dice.randrange(1, 10**6)) / 100,
                paid_on=paid if dice.random() < 0.8 else None,
                disputed=dice.random() < 0.2,
            )
        )
    return made


@pytest.fixture(params=[1, 2])
async def told(billing: Billing, request: pytest.FixtureRequest) -> list[Paid]:
    for key in CUSTOMERS:
        card = CustomerChangedV1(
            unit="mty",
            customer=imported_id(COMPANY, "customer", key),
            number=key,
            company=COMPANY,
            currency="MXN",
            personal=PersonalV1(name=key),
        )
        await billing.hear(card, origin="import")
    made = history(Random(request.param))
    invoices = [
        InvoiceRecord(
            key=one.key,
            customer=one.customer,
            issued_on=one.issued_on,
            due_on=one.due_on,
            gross=Money.of(one.amount, "MXN"),
            disputed=one.disputed,
        )
        for one in made
    ]
    payments = [
        PaymentRecord(
            key=f"P{one.key}",
            customer=one.customer,
            invoice=one.key,
            paid_on=one.paid_on,
            amount=Money.of(one.amount, "MXN"),
        )
        for one in made
        if one.paid_on
    ]
    await billing.ask(ImportInvoices(company=COMPANY, records=invoices))
    answer = await billing.ask(ImportPayments(company=COMPANY, records=payments))
    assert not answer.refused
    return made


def total(of: list[Paid]) -> Decimal:
    return sum((one.amount for one in of), Decimal(0))


async def test_a_period_is_what_its_definitions_say(billing: Billing, told: list[Paid]):
    (row,) = (await billing.ask(ReportReceivables(company=COMPANY, from_=FIRST, to=TO))).rows
    last = TO - timedelta(1)
    closing = [one for one in told if one.open_at(last)]
    overdue = [one for one in closing if one.due_on < last]
    paid = [one for one in told if one.paid_on and FIRST <= one.paid_on < TO]
    invoiced = [one for one in told if FIRST <= one.issued_on < TO]
    assert Decimal(row.opening) == total([o for o in told if o.open_at(FIRST - timedelta(1))])
    assert Decimal(row.closing) == total(closing)
    assert Decimal(row.overdue) == total(overdue)
    assert Decimal(row.invoiced) == total(invoiced)
    assert Decimal(row.collected) == total(paid)
    assert Decimal(row.other) == 0
    assert float(row.dso or 0) == pytest.approx(
        float(total(closing) / total(invoiced) * 31), abs=0.005
    )
    late = sum(one.amount * one.late for one in paid) / total(paid)
    assert float(row.weighted_days_late or 0) == pytest.approx(float(late), abs=0.005)
    in_time = total([one for one in paid if one.late == 0]) / total(paid)
    assert float(row.on_time or 0) == pytest.approx(float(in_time), abs=0.00005)
    could = Decimal(row.opening) + total(invoiced) - (total(closing) - total(overdue))
    did = Decimal(row.opening) + total(invoiced) - total(closing)
    assert float(row.effectiveness or 0) == pytest.approx(float(did / could), abs=0.00005)


async def test_parts_by_customer_add_up_to_the_company(billing: Billing, told: list[Paid]):
    whole, parts = [
        (await billing.ask(ReportReceivables(company=COMPANY, from_=FIRST, to=TO, by=by))).rows
        for by in (None, "customer")
    ]
    for name in ("opening", "invoiced", "collected", "other", "closing", "overdue"):
        assert sum(Decimal(getattr(row, name)) for row in parts) == Decimal(getattr(whole[0], name))


async def test_payments_by_month_are_what_was_settled_in_it(billing: Billing, told: list[Paid]):
    report = await billing.ask(ReportPayments(company=COMPANY, period="month"))
    expected: dict[str, list[Paid]] = defaultdict(list)
    for one in told:
        if one.paid_on:
            expected[f"{one.paid_on:%Y-%m}"].append(one)
    shown = {
        row.period: (row.invoices, Decimal(row.amount), row.on_time, row.days_late, row.disputed)
        for row in report.rows
    }
    assert shown == {
        month: (
            len(of),
            total(of),
            sum(one.late == 0 for one in of),
            sum(one.late for one in of),
            sum(one.disputed for one in of),
        )
        for month, of in expected.items()
    }


async def test_payments_by_customer_and_day_of_invoice(billing: Billing, told: list[Paid]):
    report = await billing.ask(
        ReportPayments(company=COMPANY, by="customer", basis="invoice", from_=FIRST, to=TO)
    )
    for row in report.rows:
        of = [o for o in told if o.customer == row.id and FIRST <= o.issued_on < TO]
        paid = [one for one in of if one.paid_on]
        assert (row.invoices, row.settled, row.customers) == (len(of), len(paid), 1)
        days = [(one.paid_on - one.issued_on).days for one in paid if one.paid_on]
        if paid:
            mean = sum(days) / len(days)
            assert float(row.average_days or 0) == pytest.approx(mean, abs=0.005001)
            weighted = sum(d * o.amount for d, o in zip(days, paid, strict=True)) / total(paid)
            assert float(row.weighted_days or 0) == pytest.approx(float(weighted), abs=0.005001)
        else:
            assert row.average_days is None


async def test_the_largest_debtors_and_their_shares(billing: Billing, told: list[Paid]):
    day = date(2026, 4, 10)
    owed: dict[str, Decimal] = defaultdict(Decimal)
    for one in told:
        if one.open_at(day):
            owed[one.customer] += one.amount
    report = await billing.ask(ReportConcentration(company=COMPANY, as_of=day, top=2))
    largest = sorted(owed.items(), key=lambda each: -each[1])[:2]
    assert [(row.id, Decimal(row.open)) for row in report.rows] == largest
    (whole,) = report.totals
    assert (Decimal(whole.open), whole.customers) == (sum(owed.values()), len(owed))
    index = sum((amount / sum(owed.values())) ** 2 for amount in owed.values())
    assert float(whole.index) == pytest.approx(float(index), abs=0.00005)
    upto = sum(amount for _, amount in largest) / sum(owed.values())
    assert float(report.rows[-1].cumulative) == pytest.approx(float(upto), abs=0.00005)


async def test_cash_is_expected_by_each_customers_habit(billing: Billing, told: list[Paid]):
    day = date(2026, 4, 10)
    habit: dict[str, Decimal] = {}
    known = [one for one in told if one.paid_on and one.paid_on <= day]
    for customer in CUSTOMERS:
        mine = [one for one in known if one.customer == customer]
        habit[customer] = sum(one.amount * one.late for one in mine) / total(mine)
    (row,) = (await billing.ask(ForecastCash(company=COMPANY, as_of=day, weeks=3))).rows
    weeks, later, beyond, disputed = [Decimal(0)] * 3, Decimal(0), Decimal(0), Decimal(0)
    for one in told:
        if not one.open_at(day):
            continue
        days = (one.due_on - day).days + int(
            habit[one.customer].quantize(Decimal(1), "ROUND_HALF_UP")
        )
        if one.disputed:
            disputed += one.amount
        elif days <= 0:
            beyond += one.amount
        elif days > 21:
            later += one.amount
        else:
            weeks[(days - 1) // 7] += one.amount
    assert [Decimal(week.amount) for week in row.weeks] == weeks
    assert (Decimal(row.later), Decimal(row.beyond_habit), Decimal(row.disputed)) == (
        later, beyond, disputed,
    )  # fmt: skip
    assert sum([*weeks, later, beyond, disputed]) == Decimal(row.open)
    assert [week.first for week in row.weeks] == [day + timedelta(1 + 7 * n) for n in range(3)]
