from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from contracts.billing.exposure_report import PeakReport, ReportExposure, ReportPeakExposure
from contracts.billing.imports import ImportInvoices, ImportPayments, InvoiceRecord, PaymentRecord
from contracts.customers.customer_changed import CustomerChangedV1, PersonalV1
from kernel.ids import imported_id
from kernel.money import Money

from ..conftest import ANA, COMPANY, Billing

START = date(2026, 1, 1)


async def customer_called(billing: Billing, key: str, unit: str = "mty") -> None:
    card = CustomerChangedV1(
        unit=unit,
        customer=imported_id(COMPANY, "customer", key),
        number=key,
        company=COMPANY,
        owner=ANA,
        currency="MXN",
        personal=PersonalV1(name=key),
    )
    await billing.hear(card, origin="import")


def invoices(dice: Random) -> list[InvoiceRecord]:
    days = [START + timedelta(days=dice.randrange(60)) for _ in range(30)]
    return [
        InvoiceRecord(
            key=f"F{n}",
            customer=dice.choice(("K1", "K2", "K3")),
            issued_on=day,
            due_on=day,
            gross=Money.of(Decimal(dice.randrange(1, 9999)) / 100, "MXN"),
        )
        for n, day in enumerate(days)
    ]


async def peaks(billing: Billing, **which: str) -> PeakReport:
    return await billing.ask(ReportPeakExposure(company=COMPANY, **which))


async def test_the_peak_is_the_highest_end_of_a_day_and_the_earliest_such_day(billing: Billing):
    dice = Random(7)
    made = invoices(dice)
    paid = [(one, one.issued_on + timedelta(days=dice.randrange(30))) for one in made]
    for key in ("K1", "K2", "K3"):
        await customer_called(billing, key)
    await billing.ask(ImportInvoices(company=COMPANY, records=made), billing.asks("administrator"))
    payments = [
        PaymentRecord(
            key=f"P{one.key}", customer=one.customer, invoice=one.key, paid_on=day, amount=one.gross
        )
        for one, day in paid
    ]
    await billing.ask(
        ImportPayments(company=COMPANY, records=payments), billing.asks("administrator")
    )
    expected = {}
    for key in ("K1", "K2", "K3"):
        open_on: dict[date, Decimal] = defaultdict(Decimal)
        for n in range(100):
            day = START + timedelta(days=n)
            open_on[day] = sum(
                (
                    one.gross.amount
                    for one, until in paid
                    if one.customer == key and one.issued_on <= day < until
                ),
                Decimal(0),
            )
        top = max(open_on.values())
        expected[key] = (top, min(day for day, amount in open_on.items() if amount == top))
    shown = (await peaks(billing)).rows
    assert {row.id: (Decimal(row.peak), row.on_day) for row in shown} == expected
    assert [Decimal(row.peak) for row in shown] == sorted(
        (top for top, _ in expected.values()), reverse=True
    )
    second = sorted(top for top, _ in expected.values())[1]
    assert len((await peaks(billing, above=str(second))).rows) == 1


async def test_the_report_shows_what_each_uses_now_the_most_first(billing: Billing):
    small = await billing.customer("Poco", limit="100")
    large = await billing.customer("Mucho", limit="1000")
    await billing.customer("Nada", limit="5")
    await billing.hear(billing.placed("P-1", small, "60"), billing.delivered("P-2", large, "900"))
    rows = (await billing.ask(ReportExposure(company=COMPANY))).rows
    assert [(row.name, row.used, row.limit, row.available) for row in rows] == [
        ("Mucho", "900.00", "1000.00", "100.00"),
        ("Poco", "60.00", "100.00", "40.00"),
    ]
    assert (rows[0].receivable, rows[1].reserved) == ("900.00", "60.00")


async def test_another_branch_sees_nothing_of_it(billing: Billing):
    customer = await billing.customer(limit="1000")
    await billing.hear(billing.delivered("P-1", customer, "10"))
    far = billing.asks("manager", units=("refacciones", "gdl"))
    assert (await billing.ask(ReportExposure(company=COMPANY), far)).rows == []
    assert (await billing.ask(ReportPeakExposure(company=COMPANY), far)).rows == []
