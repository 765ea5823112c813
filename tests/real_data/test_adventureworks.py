"""Reports of AdventureWorks equal what this test adds up from the files, to the last decimal."""

from __future__ import annotations

import csv
import gzip
import io
from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(1800)  # the import is part of the first test

COMPANY = ("--company", "adventureworks")
ALL = "0000-00-00", "9999-99-99"
CENT = Decimal("0.01")
Rows = list[dict[str, str]]
Key = Callable[[dict[str, str]], str | None]
Sums = dict[tuple[str | None, str | None], tuple[int, Decimal, Decimal]]


class Files:
    """The files as they are, each read once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.read: dict[str, Rows] = {}

    def __getitem__(self, name: str) -> Rows:
        if name not in self.read:
            plain = self.folder / f"{name}.csv"
            packed = self.folder / f"{name}.csv.gz"
            content = plain.read_bytes() if plain.exists() else gzip.decompress(packed.read_bytes())
            self.read[name] = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
        return self.read[name]

    def by(self, name: str, key: str) -> dict[str, dict[str, str]]:
        return {row[key]: row for row in self[name]}


@pytest.fixture(scope="module")
def files(datasets: Path, adventureworks: dict[str, Any]) -> Files:
    return Files(datasets / "adventureworks")


PERIODS: dict[str | None, Key] = {
    None: lambda order: None,
    "year": lambda order: order["OrderDate"][:4],
    "quarter": lambda order: f"{order['OrderDate'][:4]}-Q{(int(order['OrderDate'][5:7]) + 2) // 3}",
    "month": lambda order: order["OrderDate"][:7],
}


def added(orders: Iterable[dict[str, str]], key: Key, period: str | None) -> Sums:
    """Orders, net and gross of each key and period."""
    sums: Sums = defaultdict(lambda: (0, Decimal(0), Decimal(0)))
    for order in orders:
        place = key(order), PERIODS[period](order)
        count, net, gross = sums[place]
        sums[place] = (
            count + 1, net + Decimal(order["SubTotal"]), gross + Decimal(order["TotalDue"]),
        )  # fmt: skip
    return dict(sums)


def reported(report: list[dict[str, Any]]) -> Sums:
    seen = {
        (row["id"], row["period"]): (row["orders"], Decimal(row["net"]), Decimal(row["gross"]))
        for row in report
    }
    assert len(seen) == len(report), "a row stands twice"
    assert {row["currency"] for row in report} <= {"USD"}
    return seen


def units(files: Files, level: str) -> Key:
    territories = files.by("SalesTerritory", "TerritoryID")
    of = {
        "company": lambda order: "adventureworks",
        "group": lambda order: territories[order["TerritoryID"]]["Group"],
        "country": lambda order: territories[order["TerritoryID"]]["CountryRegionCode"],
        "territory": lambda order: order["TerritoryID"],
    }
    return of[level]


def cards(files: Files) -> dict[str, str]:
    """The card of each customer: that of the store for a store's contact."""
    own = {row["StoreID"]: row["CustomerID"] for row in files["Customer"] if not row["PersonID"]}
    return {
        row["CustomerID"]: own.get(row["StoreID"], row["CustomerID"]) for row in files["Customer"]
    }


def test_the_import_took_everything(adventureworks: dict[str, Any], files: Files) -> None:
    assert adventureworks["refused"] == 0
    assert adventureworks["errors"] is None
    seen = {
        row["operation"]: row["added"] + row["unchanged"] for row in adventureworks["operations"]
    }
    assert seen["customers.import-orders"] == len(files["SalesOrderHeader"])
    assert seen["targets.import-people"] == len(files["SalesPerson"])
    assert seen["targets.import-quotas"] == len(files["SalesPersonQuotaHistory"])
    assert seen["customers.import-customers"] == len(set(cards(files).values()))


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("level", ["company", "group", "country", "territory"])
def test_sales_by_unit(running: Any, files: Files, level: str, period: str | None) -> None:
    asked = ["--period", period] if period else []
    report = running.report("sales", "--by", "unit", "--level", level, *asked, *COMPANY)
    assert reported(report) == added(files["SalesOrderHeader"], units(files, level), period)


@pytest.mark.parametrize("period", [None, "year", "month"])
def test_sales_by_rep(running: Any, files: Files, period: str | None) -> None:
    asked = ["--period", period] if period else []
    report = running.report("sales", "--by", "rep", *asked, *COMPANY)
    expected = added(
        files["SalesOrderHeader"], lambda order: order["SalesPersonID"] or None, period
    )
    assert reported(report) == expected
    assert {row["name"] for row in report if row["id"] is None} <= {None}


def test_sales_by_customer(running: Any, files: Files) -> None:
    card = cards(files)
    report = running.report("sales", "--by", "customer", *COMPANY)
    expected = added(files["SalesOrderHeader"], lambda order: card[order["CustomerID"]], None)
    assert reported(report) == expected


def test_sales_between_two_days(running: Any, files: Files) -> None:
    first, after = "2012-02-10", "2013-07-31"
    within = [o for o in files["SalesOrderHeader"] if first <= o["OrderDate"] < after]
    report = running.report(
        "sales", "--by", "unit", "--level", "territory", "--from", first, "--to", after, *COMPANY
    )
    assert reported(report) == added(within, units(files, "territory"), None)


def test_sales_by_product_are_the_lines_and_what_they_do_not_explain(
    running: Any, files: Files
) -> None:
    net: dict[str | None, Decimal] = defaultdict(Decimal)
    orders: dict[str | None, set[str]] = defaultdict(set)
    for line in files["SalesOrderDetail"]:
        net[line["ProductID"]] += Decimal(line["LineTotal"])
        orders[line["ProductID"]].add(line["SalesOrderID"])
    report = running.report("sales", "--by", "product", *COMPANY)
    seen = {row["id"]: (row["orders"], Decimal(row["net"])) for row in report if row["id"]}
    assert seen == {key: (len(orders[key]), net[key]) for key in net}
    assert {row["gross"] for row in report} == {None}
    header = sum((Decimal(order["SubTotal"]) for order in files["SalesOrderHeader"]), Decimal(0))
    assert sum(Decimal(row["net"]) for row in report) == header


def test_reports_are_sorted_by_name_and_period(running: Any, files: Files) -> None:
    report = running.report("sales", "--by", "rep", "--period", "year", *COMPANY)
    by_name: dict[str | None, list[str]] = defaultdict(list)
    for row in report:
        by_name[row["name"]].append(row["period"])
    assert all(periods == sorted(periods) for periods in by_name.values())
    names = [row["name"] for row in report if row["name"]]
    assert [name for name, after in pairwise(names) if name != after].__len__() == len(
        set(names)
    ) - 1


def quota_periods(files: Files) -> list[tuple[str, str, str, str]]:
    """Person, first day, first day after, quota."""
    history = files["SalesPersonQuotaHistory"]
    days = sorted({row["QuotaDate"][:10] for row in history})
    after = dict(pairwise([*days, "9999-12-31"]))
    return [
        (
            row["BusinessEntityID"],
            row["QuotaDate"][:10],
            after[row["QuotaDate"][:10]],
            row["SalesQuota"],
        )
        for row in history
    ]


def test_attainment_by_rep(running: Any, files: Files) -> None:
    mine: dict[str, Rows] = defaultdict(list)
    for order in files["SalesOrderHeader"]:
        mine[order["SalesPersonID"]].append(order)
    expected = {}
    for person, start, end, quota in quota_periods(files):
        within = [order for order in mine[person] if start <= order["OrderDate"] < end]
        actual = sum((Decimal(order["SubTotal"]) for order in within), Decimal(0))
        fraction = (actual / Decimal(quota)).quantize(Decimal("0.0001"), ROUND_HALF_UP)
        last = None if end == "9999-12-31" else end
        expected[person, start] = (last, Decimal(quota), actual, str(fraction), len(within))
    report = running.report("attainment", "--by", "rep", *COMPANY)
    assert {
        (row["id"], row["period_start"]): (
            row["period_end"],
            Decimal(row["quota"]),
            Decimal(row["actual"]),
            row["attainment"],
            row["orders"],
        )
        for row in report
    } == expected
    assert len(report) == len(expected)


@pytest.mark.parametrize("period", [None, "year", "quarter", "month"])
def test_commissions_are_rounded_once(running: Any, files: Files, period: str | None) -> None:
    rates = {row["BusinessEntityID"]: Decimal(row["CommissionPct"]) for row in files["SalesPerson"]}
    ordered = [order for order in files["SalesOrderHeader"] if order["SalesPersonID"]]
    bases = added(ordered, lambda order: order["SalesPersonID"], period)
    asked = ["--period", period] if period else []
    report = running.report("commissions", "--by", "rep", *asked, *COMPANY)
    assert {
        (row["id"], row["period"]): (Decimal(row["base"]), row["amount"]) for row in report
    } == {
        (person, when): (base, str((base * rates[person or ""]).quantize(CENT, ROUND_HALF_UP)))
        for (person, when), (_, base, _) in bases.items()
    }


def test_a_commission_explains_itself_line_by_line(running: Any, files: Files) -> None:
    rates = {row["BusinessEntityID"]: Decimal(row["CommissionPct"]) for row in files["SalesPerson"]}
    expected = {
        order["SalesOrderID"]: (order["OrderDate"], Decimal(order["SubTotal"]), rates["282"])
        for order in files["SalesOrderHeader"]
        if order["SalesPersonID"] == "282" and order["OrderDate"].startswith("2013")
    }
    lines = running.report(
        "explain", "commission", "--rep", "José Saraiva", "--period", "2013", *COMPANY
    )
    assert {
        line["order"]: (line["date"], Decimal(line["basis"]), Decimal(line["rate"]))
        for line in lines
    } == expected
    assert all(
        Decimal(line["amount"]) == Decimal(line["basis"]) * Decimal(line["rate"]) for line in lines
    )
    assert len({line["event"] for line in lines}) == len(lines) == len(expected)
