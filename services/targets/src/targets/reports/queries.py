"""The reports, as people and programs read them: exact, sorted, without rows of zeros."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from contracts.targets import reports as contract
from kernel.database import Transaction
from kernel.money import Money, plain
from kernel.period import Grain, period_label
from kernel.scope import Principal
from targets.attainment.rules import attainment
from targets.commissions.rules import statement
from targets.organisation import queries as organisation
from targets.reports import rules, store


async def sales(
    tx: Transaction, asked: contract.ReportSales, who: Principal, today: date
) -> contract.SalesReport:
    """Invoiced documents less credit notes."""
    await organisation.company(tx, asked.company, who, today)
    of = store.Range(asked.company, who.units, who.own_only, asked.from_, asked.to)
    if asked.by == "unit" and asked.level is not None:
        rules.check_level(asked.level, await store.levels(tx, asked.company))
        rows = await store.sales_at_level(tx, of, asked.level, asked.period)
    else:
        rows = await store.sales(tx, of, asked.by, asked.period)
    return contract.SalesReport(rows=[_sales_row(row, asked.period) for row in rows])


def _sales_row(row: Any, grain: Grain | None) -> contract.SalesRow:
    return contract.SalesRow(
        id=row["id"],
        name=row["name"],
        period=_label(row["first"], grain),
        currency=row["currency"],
        orders=row["orders"],
        net=plain(row["net"]),
        gross=None if row["gross"] is None else plain(row["gross"]),
    )


def _label(first: date | None, grain: Grain | None) -> str | None:
    return period_label(first, grain) if first and grain else None


async def attainments(
    tx: Transaction, asked: contract.ReportAttainment, who: Principal, today: date
) -> contract.AttainmentReport:
    """Each quota against what was invoiced in its period."""
    await organisation.company(tx, asked.company, who, today)
    if asked.by == "unit":
        rows = await store.attainment_of_units(tx, asked.company, who.units)
    else:
        rows = await store.attainment_of_people(tx, asked.company)
    return contract.AttainmentReport(rows=[_attainment_row(row) for row in rows])


def _attainment_row(row: Any) -> contract.AttainmentRow:
    return contract.AttainmentRow(
        id=row["id"],
        name=row["name"],
        period_start=row["period_start"],
        period_end=row["period_end"],
        currency=row["currency"],
        quota=plain(row["target"]),
        actual=plain(row["actual"]),
        attainment=fraction(row["actual"], row["target"]),
        orders=row["orders"],
    )


def fraction(actual: Decimal, target: Decimal | None) -> str | None:
    """Attainment as it is written, with four decimals.

    >>> fraction(Decimal("1"), Decimal("3")), fraction(Decimal("1"), None)
    ('0.3333', None)
    """
    reached = attainment(actual, target)
    return None if reached is None else f"{reached:f}"


async def commissions(
    tx: Transaction, asked: contract.ReportCommissions, who: Principal, today: date
) -> contract.CommissionReport:
    """What is earned, rounded once per person and period."""
    await organisation.company(tx, asked.company, who, today)
    rows = await store.commissions(tx, asked.company, asked.period)
    return contract.CommissionReport(rows=[_commission_row(row, asked.period) for row in rows])


def _commission_row(row: Any, grain: Grain | None) -> contract.CommissionRow:
    return contract.CommissionRow(
        id=row["id"],
        name=row["name"],
        period=_label(row["first"], grain),
        currency=row["currency"],
        base=plain(row["base"]),
        amount=plain(statement([row["amount"]], row["currency"]).amount),
    )


async def explanation(
    tx: Transaction, asked: contract.ExplainCommission, who: Principal, today: date
) -> contract.CommissionExplanation:
    """Every line of a person's commission, with its working."""
    company = await organisation.company(tx, asked.company, who, today)
    period = rules.period_called(asked.period) if asked.period else None
    person = await organisation.person_called(tx, asked.company, asked.rep)
    lines = await store.lines(tx, person.id, period)
    amounts = [line["amount"] for line in lines]
    currency = _currency(lines, company.currency)
    return contract.CommissionExplanation(
        id=person.key,
        name=person.name,
        period=asked.period,
        currency=currency,
        exact=plain(Money.total((Money(each, currency) for each in amounts), currency).amount),
        amount=plain(statement(amounts, currency).amount),
        lines=[_line(line) for line in lines],
    )


def _currency(lines: Sequence[Any], otherwise: str) -> str:
    found = sorted({line["currency"] for line in lines}) or [otherwise]
    if len(found) > 1:
        raise rules.SeveralCurrencies(found)
    return str(found[0])


def _line(line: Any) -> contract.CommissionLine:
    return contract.CommissionLine(
        order=line["order_number"],
        document=line["number"],
        date=line["earned_on"],
        basis=plain(line["basis"]),
        rate=plain(line["rate"]),
        amount=plain(line["amount"]),
        plan=line["plan_key"],
        event=line["event"],
        mirrors=line["mirrors"],
    )
