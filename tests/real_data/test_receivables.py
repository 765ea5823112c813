"""Ageing equals what this test adds up from the file, on any day."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(1800)  # the import is part of the first test

COMPANY = ("--company", "receivables")
BUCKETS = ("current", "d1_30", "d31_60", "d61_90", "over_90")
DAYS = [
    *(f"{year}-{month}" for year in (2012, 2013) for month in ("03-31", "06-30", "09-30", "12-31")),
    "2012-01-03", "2012-02-29", "2013-05-17", "2011-12-31", "2014-01-08", "2014-01-09",
]  # fmt: skip
Ages = dict[str | None, tuple[list[Decimal], int]]


def day(text: str) -> date:
    return datetime.strptime(text, "%m/%d/%Y").date()  # noqa: DTZ007


@pytest.fixture(scope="module")
def invoices(datasets: Path, receivables: dict[str, Any]) -> list[dict[str, str]]:
    file = datasets / "ibm-accounts-receivable" / "accounts_receivable.csv"
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def bucket(overdue_days: int) -> int:
    return 0 if overdue_days <= 0 else min((overdue_days - 1) // 30 + 1, 4)


def aged(invoices: list[dict[str, str]], as_of: date, column: str | None) -> Ages:
    ages: Ages = {}
    for invoice in invoices:
        if not day(invoice["InvoiceDate"]) <= as_of < day(invoice["SettledDate"]):
            continue
        key = invoice[column] if column else "receivables"
        amounts, count = ages.setdefault(key, ([Decimal(0)] * 5, 0))
        amounts[bucket((as_of - day(invoice["DueDate"])).days)] += Decimal(invoice["InvoiceAmount"])
        ages[key] = (amounts, count + 1)
    return ages


def reported(report: list[dict[str, Any]]) -> Ages:
    for row in report:
        assert sum(Decimal(row[name]) for name in BUCKETS) == Decimal(row["total"])
    return {
        row["id"]: ([Decimal(row[name]) for name in BUCKETS], row["invoices"]) for row in report
    }


@pytest.mark.parametrize("as_of", DAYS)
def test_ageing_of_the_company(running: Any, invoices: list[dict[str, str]], as_of: str) -> None:
    report = running.report("ageing", "--as-of", as_of, *COMPANY)
    assert reported(report) == aged(invoices, date.fromisoformat(as_of), None)


def peaks(invoices: list[dict[str, str]]) -> dict[str, tuple[Decimal, date]]:
    """The most that each customer owed at the end of a day, and the earliest such day."""
    moved: dict[str, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for invoice in invoices:
        days, amount = moved[invoice["customerID"]], Decimal(invoice["InvoiceAmount"])
        days[day(invoice["InvoiceDate"])] += amount
        days[day(invoice["SettledDate"])] -= amount
    found = {}
    for customer, days in moved.items():
        owed, top = Decimal(0), (Decimal(0), date.max)
        for when in sorted(days):
            owed += days[when]
            if owed > top[0]:
                top = (owed, when)
        found[customer] = top
    return found


def test_the_peak_of_every_customer(running: Any, invoices: list[dict[str, str]]) -> None:
    report = running.report("exposure", "--peak", *COMPANY)
    found = {row["id"]: (Decimal(row["peak"]), date.fromisoformat(row["on_day"])) for row in report}
    expected = peaks(invoices)
    assert found == expected
    above = running.report("exposure", "--peak", "--above", "250", *COMPANY)
    assert len(above) == sum(amount > 250 for amount, _ in expected.values())


@pytest.mark.parametrize("policy", ["7,14,30", "0,1,8,90"])
def test_reminders_that_a_policy_would_have_produced(
    running: Any, invoices: list[dict[str, str]], policy: str
) -> None:
    report = running.report("dunning", "--policy", policy, *COMPANY)
    found = {row["days"]: (row["reminders"], row["undisputed"]) for row in report}
    for days in map(int, policy.split(",")):
        late = [
            invoice
            for invoice in invoices
            if (day(invoice["SettledDate"]) - day(invoice["DueDate"])).days > days
        ]
        undisputed = sum(invoice["Disputed"] == "No" for invoice in late)
        assert found.get(days, (0, 0)) == (len(late), undisputed)


@pytest.mark.parametrize(("by", "column"), [("customer", "customerID"), ("unit", "countryCode")])
def test_ageing_by(running: Any, invoices: list[dict[str, str]], by: str, column: str) -> None:
    report = running.report("ageing", "--as-of", "2012-12-31", "--by", by, *COMPANY)
    assert reported(report) == aged(invoices, date(2012, 12, 31), column)


def test_ageing_by_rep_has_one_row_without_a_name(
    running: Any, invoices: list[dict[str, str]]
) -> None:
    [row] = running.report("ageing", "--as-of", "2012-12-31", "--by", "rep", *COMPANY)
    [(amounts, count)] = aged(invoices, date(2012, 12, 31), None).values()
    assert (row["id"], row["name"], row["invoices"]) == (None, None, count)
    assert Decimal(row["total"]) == sum(amounts)


def test_the_same_import_again_changes_nothing(
    running: Any, datasets: Path, receivables: dict[str, Any], invoices: list[dict[str, str]]
) -> None:
    before = running.report("ageing", "--as-of", "2012-12-31", "--by", "customer", *COMPANY)
    file = datasets / "ibm-accounts-receivable" / "accounts_receivable.csv"
    again = running.import_("receivables", file)
    assert (again["added"], again["changed"], again["refused"]) == (0, 0, 0)
    assert again["unchanged"] == receivables["added"] + receivables["unchanged"]
    after = running.report("ageing", "--as-of", "2012-12-31", "--by", "customer", *COMPANY)
    assert after == before


def test_sales_are_the_invoices(running: Any, invoices: list[dict[str, str]]) -> None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for invoice in invoices:
        sums[invoice["countryCode"]] += Decimal(invoice["InvoiceAmount"])
    report = running.report("sales", "--by", "unit", "--level", "country", *COMPANY)
    assert {row["id"]: Decimal(row["gross"]) for row in report} == sums


def settled(invoices: list[dict[str, str]], month: str) -> list[dict[str, str]]:
    return [one for one in invoices if f"{day(one['SettledDate']):%Y-%m}" == month]


def test_payments_by_month_are_what_was_settled_in_it(
    running: Any, invoices: list[dict[str, str]]
) -> None:
    report = running.report("payments", "--period", "month", *COMPANY)
    assert sum(row["invoices"] for row in report) == len(invoices)
    for row in report:
        of = settled(invoices, row["period"])
        assert row["invoices"] == len(of)
        assert Decimal(row["amount"]) == sum(Decimal(one["InvoiceAmount"]) for one in of)
        assert row["on_time"] == sum(one["DaysLate"] == "0" for one in of)


def test_payments_by_country_are_as_late_as_the_file_says(
    running: Any, invoices: list[dict[str, str]]
) -> None:
    for row in running.report("payments", "--by", "unit", "--on", "invoice", *COMPANY):
        of = [one for one in invoices if one["countryCode"] == row["id"]]
        days = [int(one["DaysToSettle"]) for one in of]
        assert (row["invoices"], row["settled"]) == (len(of), len(of))
        assert row["customers"] == len({one["customerID"] for one in of})
        assert row["days_late"] == sum(int(one["DaysLate"]) for one in of)
        assert float(row["average_days"]) == pytest.approx(sum(days) / len(days), abs=0.00005)
        assert row["disputed"] == sum(one["Disputed"] == "Yes" for one in of)
