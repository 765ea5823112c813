"""How long what is owed has been overdue."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from billing.ageing import rules, store
from contracts.billing.reports import AgeingReport, AgeingRow, ReportAgeing
from kernel.database import Transaction
from kernel.money import plain


@dataclass(slots=True)
class _Sums:
    """What one row of the report adds up."""

    name: str | None
    items: int = 0
    by_first_day: dict[int, Decimal] = field(default_factory=dict)


async def ageing(tx: Transaction, asked: ReportAgeing) -> AgeingReport:
    """Open on a day is what was invoiced by then, less what was settled by then.

    What is settled later is open; 0 or fewer days overdue is current. Rows are sorted by name,
    those without one at the end.

    Source: BI5.
    """
    bounds = rules.bounds(asked.bounds)
    first_days = sorted({1} | {last + 1 for last in (*bounds, *rules.USUAL)})
    rows = await store.aged(tx, asked.company, asked.as_of, asked.by, asked.basis, first_days)
    sums: dict[tuple[str | None, str], _Sums] = {}
    for row in rows:
        one = sums.setdefault((row["id"], row["currency"]), _Sums(row["name"]))
        one.items += row["items"]
        one.by_first_day[(0, *first_days)[row["bucket"]]] = row["open"]
    found = [_row(id_, currency, one, bounds) for (id_, currency), one in sums.items() if one.items]
    return AgeingReport(
        rows=sorted(found, key=_order),
        company=asked.company,
        as_of=asked.as_of,
        by=asked.by,
        basis=asked.basis,
        buckets=rules.buckets(bounds),
    )


def _order(row: AgeingRow) -> tuple[bool, str, str, str]:
    return row.name is None, row.name or "", row.id or "", row.currency


def _row(id_: str | None, currency: str, one: _Sums, bounds: tuple[int, ...]) -> AgeingRow:
    amounts = _plain(rules.added_up(one.by_first_day, bounds))
    usual = amounts
    if bounds != rules.USUAL:
        usual = _plain(rules.added_up(one.by_first_day, rules.USUAL))
    return AgeingRow(
        id=id_,
        name=one.name,
        currency=currency,
        total=plain(sum(one.by_first_day.values(), Decimal(0))),
        invoices=one.items,
        amounts=amounts,
        **usual,
    )


def _plain(sums: dict[str, Decimal]) -> dict[str, str]:
    return {name: plain(amount) for name, amount in sums.items()}
