"""What can be asked about how well what is owed is collected."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from billing.analysis import rules, store
from billing.batch import Row
from contracts.billing import analysis as contract
from kernel.database import Transaction
from kernel.money import plain

ONE_DAY = timedelta(days=1)


def _text(figure: Decimal | None) -> str | None:
    return None if figure is None else str(figure)


def by_name(row: Row) -> tuple[bool, str, str, str]:
    """Rows are sorted by name; those without one come last."""
    return row["name"] is None, row["name"] or "", row["id"] or "", row["currency"]


async def receivables(
    tx: Transaction, asked: contract.ReportReceivables
) -> contract.ReceivablesReport:
    """What was open, invoiced and collected in a period, and how well."""
    rules.check_period(asked.from_, asked.to)
    last = asked.to - ONE_DAY
    rows = await store.receivables(tx, asked.company, asked.from_, last, asked.by)
    days = (asked.to - asked.from_).days
    return contract.ReceivablesReport(
        rows=[_receivables(row, days) for row in sorted(rows, key=by_name)],
        company=asked.company,
        from_=asked.from_,
        to=asked.to,
        by=asked.by,
    )


async def months_by_rep(
    tx: Transaction, company: str, first: date, last: date
) -> list[tuple[UUID | None, contract.ReceivablesRow]]:
    """The figures of a period by rep, one for each of their currencies."""
    days = (last - first).days + 1
    rows = await store.receivables(tx, company, first, last, "rep")
    return [(row["key"], _receivables(row, days)) for row in rows]


def _receivables(row: Row, days: int) -> contract.ReceivablesRow:
    period = rules.Collected(
        row["opening"], row["invoiced"], row["collected"], row["closing"], row["overdue"]
    )
    dso = rules.days_outstanding(period.closing, period.invoiced, days)
    best = rules.days_outstanding(period.closing - period.overdue, period.invoiced, days)
    return contract.ReceivablesRow(
        id=row["id"],
        name=row["name"],
        currency=row["currency"],
        opening=plain(period.opening),
        invoiced=plain(period.invoiced),
        collected=plain(period.collected),
        other=plain(period.other),
        closing=plain(period.closing),
        overdue=plain(period.overdue),
        dso=_text(dso),
        best_dso=_text(best),
        effectiveness=_text(rules.effectiveness(period)),
        weighted_days_late=_text(rules.average(row["late"], row["weight"])),
        on_time=_text(rules.fraction(row["in_time"], row["weight"])),
    )


async def payments(tx: Transaction, asked: contract.ReportPayments) -> contract.PaymentsReport:
    """How invoices were paid: on time, how late, how fast."""
    if asked.from_ and asked.to:
        rules.check_period(asked.from_, asked.to)
    rows = await store.payments(
        tx, asked.company, (asked.from_, asked.to), asked.by, asked.period, asked.basis
    )
    ordered = sorted(rows, key=lambda row: (*by_name(row), row["period"] or ""))
    return contract.PaymentsReport(rows=[_payments(row) for row in ordered], company=asked.company)


def _payments(row: Row) -> contract.PaymentsRow:
    return contract.PaymentsRow(
        id=row["id"],
        name=row["name"],
        period=row["period"],
        currency=row["currency"],
        invoices=row["invoices"],
        customers=row["customers"],
        amount=plain(row["amount"]),
        settled=row["settled"],
        on_time=row["on_time"],
        on_time_share=_text(rules.fraction(row["on_time"], row["settled"])),
        days_late=row["days_late"],
        average_days=_text(rules.average(row["days"], row["settled"])),
        weighted_days=_text(rules.average(row["weighted"], row["weight"])),
        disputed=row["disputed"],
        disputed_amount=plain(row["disputed_amount"]),
    )


async def concentration(
    tx: Transaction, asked: contract.ReportConcentration
) -> contract.ConcentrationReport:
    """How much of what is owed hangs on the largest debtors."""
    rows = await store.largest(tx, asked.company, asked.as_of, asked.top)
    return contract.ConcentrationReport(
        rows=[_debtor(row) for row in rows],
        totals=[_whole(row) for row in rows if row["rank"] == 1],
        company=asked.company,
        as_of=asked.as_of,
    )


def _debtor(row: Row) -> contract.ConcentrationRow:
    return contract.ConcentrationRow(
        rank=row["rank"],
        id=row["id"],
        name=row["name"],
        currency=row["currency"],
        open=plain(row["open"]),
        overdue=plain(row["overdue"]),
        share=str(rules.fraction(row["open"], row["whole"])),
        cumulative=str(rules.fraction(row["upto"], row["whole"])),
    )


def _whole(row: Row) -> contract.Concentration:
    return contract.Concentration(
        currency=row["currency"],
        open=plain(row["whole"]),
        customers=row["customers"],
        index=str(rules.fraction(row["squares"], row["whole"] ** 2)),
    )


async def cash_forecast(
    tx: Transaction, asked: contract.ForecastCash
) -> contract.CashForecastReport:
    """When what is open is likely to come in."""
    rows = sorted(await store.expected(tx, asked.company, asked.as_of), key=itemgetter("currency"))
    return contract.CashForecastReport(
        rows=[
            _forecast(currency, list(of), asked.as_of, asked.weeks)
            for currency, of in groupby(rows, key=itemgetter("currency"))
        ],
        company=asked.company,
        as_of=asked.as_of,
    )


def _forecast(currency: str, rows: list[Row], as_of: date, weeks: int) -> contract.CashForecast:
    by_day = {
        row["expected_on"]: (row["open"], row["items"]) for row in rows if not row["disputed"]
    }
    disputed = sum((row["open"] for row in rows if row["disputed"]), Decimal(0))
    parts = rules.expected(by_day, disputed, as_of, weeks)
    habit = rows[0]["habit"]
    return contract.CashForecast(
        currency=currency,
        open=plain(sum((row["open"] for row in rows), Decimal(0))),
        weeks=[
            contract.CashWeek(
                first=first,
                last=first + timedelta(rules.DAYS_A_WEEK - 1),
                amount=plain(amount),
                items=items,
            )
            for first, amount, items in parts.weeks
        ],
        later=plain(parts.later),
        beyond_habit=plain(parts.beyond_habit),
        disputed=plain(parts.disputed),
        habit_days=None if habit is None else str(rules.average(habit, 1)),
    )
