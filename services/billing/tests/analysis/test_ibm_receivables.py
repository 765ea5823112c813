"""A public history of receivables, against totals computed here from the file itself.

The data are read where they lie beside the product and never copied into it.
"""

from __future__ import annotations

import csv
import os
from calendar import monthrange
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from contracts.billing.analysis import ReportPayments
from contracts.billing.imports import ImportInvoices, ImportPayments, InvoiceRecord, PaymentRecord
from contracts.billing.reports import ReportAgeing
from contracts.customers.customer_changed import CustomerChangedV1, PersonalV1
from kernel.ids import imported_id
from kernel.money import Money

from ..conftest import COMPANY, Billing

BESIDE = Path(__file__).resolve().parents[5] / "shared" / "data"
FILE = (
    Path(os.environ.get("GERENCIA_DATASETS", BESIDE))
    / "ibm-accounts-receivable"
    / "accounts_receivable.csv"
)
BOUNDS = ((0, "current"), (30, "d1_30"), (60, "d31_60"), (90, "d61_90"))


@dataclass(frozen=True)
class Line:
    key: str
    customer: str
    issued: date
    due: date
    settled: date
    amount: Decimal
    disputed: bool


def lines() -> list[Line]:
    if not FILE.exists():
        pytest.skip("the receivables data are not there: set GERENCIA_DATASETS to their folder")

    def day(text: str) -> date:
        month, day_, year = map(int, text.split("/"))
        return date(year, month, day_)

    with FILE.open(encoding="utf-8", newline="") as file:
        return [
            Line(
                row["invoiceNumber"], row["customerID"], day(row["InvoiceDate"]),
                day(row["DueDate"]), day(row["SettledDate"]), Decimal(row["InvoiceAmount"]),
                row["Disputed"] == "Yes",
            )
            for row in csv.DictReader(file)
        ]  # fmt: skip


async def take(billing: Billing, all_: Sequence[Line]) -> None:
    cards = [
        CustomerChangedV1(
            unit="mty",
            customer=imported_id(COMPANY, "customer", key),
            number=key,
            company=COMPANY,
            currency="USD",
            personal=PersonalV1(name=key),
        )
        for key in sorted({line.customer for line in all_})
    ]
    await billing.hear_together(cards, "import")
    invoices = [
        InvoiceRecord(
            key=line.key, customer=line.customer, issued_on=line.issued, due_on=line.due,
            gross=Money.of(line.amount, "USD"), disputed=line.disputed,
        )
        for line in all_
    ]  # fmt: skip
    payments = [
        PaymentRecord(
            key=line.key, customer=line.customer, invoice=line.key, paid_on=line.settled,
            amount=Money.of(line.amount, "USD"),
        )
        for line in all_
    ]  # fmt: skip
    for begin in range(0, len(all_), 1000):
        part = slice(begin, begin + 1000)
        await billing.ask(ImportInvoices(company=COMPANY, records=invoices[part]))
        answer = await billing.ask(ImportPayments(company=COMPANY, records=payments[part]))
        assert not answer.refused


def bucket(days: int) -> str:
    return next((name for upto, name in BOUNDS if days <= upto), "over_90")


async def test_ageing_payments_and_cash_are_what_the_file_says(billing: Billing):
    all_ = lines()
    await take(billing, all_)
    assert await billing.wrong() == []
    for month in range(24):
        year, number = 2012 + month // 12, month % 12 + 1
        day = date(year, number, monthrange(year, number)[1])
        expected: dict[str, Decimal] = defaultdict(Decimal)
        for line in all_:
            if line.issued <= day < line.settled:
                expected[bucket((day - line.due).days)] += line.amount
        (row,) = (await billing.ask(ReportAgeing(company=COMPANY, as_of=day))).rows
        shown = {name: Decimal(sum_) for name, sum_ in row.amounts.items() if Decimal(sum_)}
        assert shown == expected, day
    await _payments_agree(billing, all_)


async def _payments_agree(billing: Billing, all_: Sequence[Line]) -> None:
    by_month: dict[str, list[Line]] = defaultdict(list)
    for line in all_:
        by_month[f"{line.settled:%Y-%m}"].append(line)
    monthly = (await billing.ask(ReportPayments(company=COMPANY, period="month"))).rows
    assert {(row.period, row.invoices, Decimal(row.amount)) for row in monthly} == {
        (month, len(of), sum(line.amount for line in of)) for month, of in by_month.items()
    }
    (row,) = (await billing.ask(ReportPayments(company=COMPANY))).rows
    late = [max(0, (line.settled - line.due).days) for line in all_]
    days = [(line.settled - line.issued).days for line in all_]
    assert (row.invoices, row.on_time, row.days_late) == (len(all_), late.count(0), sum(late))
    assert float(row.average_days or 0) == pytest.approx(sum(days) / len(days), abs=0.00005)
    assert row.disputed == sum(line.disputed for line in all_)
    quarters = (
        await billing.ask(ReportPayments(company=COMPANY, period="quarter", basis="invoice"))
    ).rows
    first = [line for line in all_ if line.issued < date(2012, 4, 1)]
    assert (quarters[0].period, quarters[0].invoices) == ("2012-Q1", len(first))
    assert Decimal(quarters[0].amount) == sum(line.amount for line in first)
