"""How well what is owed is collected, on paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from contracts.billing.analysis import (
    CashForecast,
    CashForecastReport,
    Concentration,
    ConcentrationReport,
    PaymentsReport,
    PaymentsRow,
    ReceivablesReport,
    ReceivablesRow,
)
from gateway.papers.asked import Asked
from gateway.papers.model import (
    Block,
    Cell,
    Column,
    Figure,
    Figures,
    Kind,
    Paper,
    Part,
    Parts,
    Table,
    Tone,
)
from gateway.papers.reader import Reader
from gateway.papers.receivables import nothing
from kernel.money import Money

ONE_DAY = timedelta(days=1)


def number(text: str | None) -> Decimal | None:
    """A figure of an answer; None stays unknown."""
    return None if text is None else Decimal(text)


def period(answer: ReceivablesReport, asked: Asked) -> Paper:
    """A period of receivables: what came in, what is left, and how well it went."""
    reader = asked.reader
    say = reader.say
    blocks: list[Block] = []
    for currency in sorted({row.currency for row in answer.rows}):
        rows = [row for row in answer.rows if row.currency == currency]
        blocks += [period_figures(row, reader) for row in rows if answer.by is None]
        by = say(f"by.{answer.by}") if answer.by else say("company")
        blocks.append(_periods(rows, by, currency, reader))
    last = answer.to - ONE_DAY
    return Paper(
        title=say("period.title"),
        subtitle=say("period", first=reader.day(answer.from_), last=reader.day(last)),
        sender=asked.company,
        blocks=blocks or [nothing(reader)],
        language=reader.language,
        footer=asked.footer,
        file=f"{say('period.file')}-{answer.from_:%Y-%m-%d}-{last:%Y-%m-%d}",
        wide=True,
    )


def period_figures(row: ReceivablesRow, reader: Reader) -> Figures:
    """The figures of a period that are seen first."""
    say = reader.say
    late = number(row.weighted_days_late)
    overdue = Tone.LATE if Decimal(row.overdue) else Tone.GOOD
    return Figures(
        [
            Figure(say("period.closing"), _money(row.closing, row.currency, reader)),
            Figure(say("period.overdue"), _money(row.overdue, row.currency, reader), tone=overdue),
            Figure(say("period.collected"), _money(row.collected, row.currency, reader)),
            Figure(say("period.dso"), _days(number(row.dso), reader), _best(row, reader)),
            Figure(say("period.effectiveness"), _share(number(row.effectiveness), reader)),
            Figure(say("period.late"), _days(late, reader), _on_time(row, reader)),
        ]
    )


def _money(amount: str, currency: str, reader: Reader) -> str:
    return reader.money(Money.of(amount, currency))


def _days(days: Decimal | None, reader: Reader) -> str:
    return "—" if days is None else reader.say("days", n=reader.number(days))


def _share(share: Decimal | None, reader: Reader) -> str:
    return "—" if share is None else reader.share(share)


def _best(row: ReceivablesRow, reader: Reader) -> str:
    best = number(row.best_dso)
    return "" if best is None else reader.say("period.best", days=reader.number(best))


def _on_time(row: ReceivablesRow, reader: Reader) -> str:
    share = number(row.on_time)
    return "" if share is None else reader.say("period.on-time", share=reader.share(share))


AMOUNTS = ("opening", "invoiced", "collected", "other", "closing", "overdue")


def _periods(rows: Sequence[ReceivablesRow], by: str, currency: str, reader: Reader) -> Table:
    say = reader.say
    columns = [
        Column(by, wide=True),
        *(Column(say(f"period.{name}"), Kind.MONEY) for name in AMOUNTS),
        Column(say("period.dso"), Kind.NUMBER),
        Column(say("period.effectiveness"), Kind.SHARE),
        Column(say("period.late"), Kind.NUMBER),
        Column(say("period.in-time"), Kind.SHARE),
    ]
    body = [_period(row) for row in rows]
    sums: list[Cell] = [
        sum((Decimal(getattr(row, name)) for row in rows), Decimal(0)) for name in AMOUNTS
    ]
    totals: list[list[Cell]] = [[say("total"), *sums, None, None, None, None]]
    title = say("in-currency", currency=currency)
    return Table(columns, body, title, totals if len(rows) > 1 else (), say("period.note"))


def _period(row: ReceivablesRow) -> list[Cell]:
    amounts = [Decimal(getattr(row, name)) for name in AMOUNTS]
    ratios = [number(row.dso), number(row.effectiveness), number(row.weighted_days_late)]
    return [row.name or row.id or "—", *amounts, *ratios, number(row.on_time)]


def payments(answer: PaymentsReport, asked: Asked) -> Paper:
    """How invoices were paid."""
    reader = asked.reader
    say = reader.say
    columns = [
        Column(say("payments.whose"), wide=True),
        Column(say("payments.period")),
        Column(say("by.currency")),
        Column(say("invoices"), Kind.COUNT),
        Column(say("payments.amount"), Kind.MONEY),
        Column(say("payments.settled"), Kind.COUNT),
        Column(say("payments.on-time"), Kind.COUNT),
        Column(say("payments.on-time-share"), Kind.SHARE),
        Column(say("payments.days-late"), Kind.COUNT),
        Column(say("payments.average"), Kind.NUMBER),
        Column(say("payments.weighted"), Kind.NUMBER),
        Column(say("payments.disputed"), Kind.COUNT),
    ]
    table = Table(columns, [_paid(row) for row in answer.rows], note=say("payments.note"))
    return Paper(
        title=say("payments.title"),
        sender=asked.company,
        blocks=[table],
        language=reader.language,
        footer=asked.footer,
        file=say("payments.file"),
        wide=True,
    )


def _paid(row: PaymentsRow) -> list[Cell]:
    return [
        row.name or row.id or "—",
        row.period or "",
        row.currency,
        row.invoices,
        Decimal(row.amount),
        row.settled,
        row.on_time,
        number(row.on_time_share),
        row.days_late,
        number(row.average_days),
        number(row.weighted_days),
        row.disputed,
    ]


def concentration(answer: ConcentrationReport, asked: Asked) -> Paper:
    """How much of what is owed hangs on the largest debtors."""
    reader = asked.reader
    blocks: list[Block] = []
    for whole in answer.totals:
        blocks += _concentration(whole, answer, reader)
    return Paper(
        title=reader.say("concentration.title"),
        subtitle=reader.say("as-of", day=reader.long_day(answer.as_of)),
        sender=asked.company,
        blocks=blocks or [nothing(reader)],
        language=reader.language,
        footer=asked.footer,
        file=f"{reader.say('concentration.file')}-{answer.as_of:%Y-%m-%d}",
    )


def _concentration(
    whole: Concentration, answer: ConcentrationReport, reader: Reader
) -> list[Block]:
    say = reader.say
    rows = [row for row in answer.rows if row.currency == whole.currency]
    first, last = Decimal(rows[0].share), Decimal(rows[-1].cumulative)
    figures = Figures(
        [
            Figure(say("concentration.open"), _money(whole.open, whole.currency, reader)),
            Figure(say("concentration.customers"), reader.cell(whole.customers, Kind.COUNT)),
            Figure(say("concentration.first"), reader.share(first)),
            Figure(say("concentration.top", n=len(rows)), reader.share(last)),
        ]
    )
    columns = [
        Column(say("concentration.rank"), Kind.COUNT),
        Column(say("key")),
        Column(say("by.customer"), wide=True),
        Column(say("concentration.open"), Kind.MONEY),
        Column(say("period.overdue"), Kind.MONEY),
        Column(say("concentration.share"), Kind.SHARE),
        Column(say("concentration.cumulative"), Kind.SHARE),
    ]
    body: list[list[Cell]] = [
        [
            row.rank,
            row.id,
            row.name or "—",
            Decimal(row.open),
            Decimal(row.overdue),
            Decimal(row.share),
            Decimal(row.cumulative),
        ]
        for row in rows
    ]
    title = say("in-currency", currency=whole.currency)
    return [figures, Table(columns, body, title, note=say("concentration.note", index=whole.index))]


def cash_forecast(answer: CashForecastReport, asked: Asked) -> Paper:
    """When what is open is likely to come in."""
    reader = asked.reader
    blocks: list[Block] = []
    for one in answer.rows:
        blocks += _forecast(one, reader)
    return Paper(
        title=reader.say("forecast.title"),
        subtitle=reader.say("as-of", day=reader.long_day(answer.as_of)),
        sender=asked.company,
        blocks=blocks or [nothing(reader)],
        language=reader.language,
        footer=asked.footer,
        file=f"{reader.say('forecast.file')}-{answer.as_of:%Y-%m-%d}",
    )


def _forecast(one: CashForecast, reader: Reader) -> list[Block]:
    say = reader.say
    expected = sum((Decimal(week.amount) for week in one.weeks), Decimal(0))
    parts = (
        (say("forecast.expected", n=len(one.weeks)), str(expected), Tone.GOOD),
        (say("forecast.later"), one.later, Tone.PLAIN),
        (say("forecast.beyond"), one.beyond_habit, Tone.BAD),
        (say("forecast.disputed"), one.disputed, Tone.WATCH),
    )
    figures = [
        Figure(label, _money(amount, one.currency, reader), tone=tone)
        for label, amount, tone in parts
    ]
    bar = [
        Part(label, _money(amount, one.currency, reader), Decimal(amount), tone)
        for label, amount, tone in parts
    ]
    columns = [
        Column(say("forecast.week"), wide=True),
        Column(say("forecast.items"), Kind.COUNT),
        Column(say("forecast.amount"), Kind.MONEY),
        Column(say("forecast.so-far"), Kind.MONEY),
    ]
    body: list[list[Cell]] = []
    so_far = Decimal(0)
    for week in one.weeks:
        so_far += Decimal(week.amount)
        days = say("period", first=reader.day(week.first), last=reader.day(week.last))
        body.append([days, week.items, Decimal(week.amount), so_far])
    title = say("in-currency", currency=one.currency)
    note = say("forecast.note", days=_days(number(one.habit_days), reader))
    return [
        Figures(figures),
        Parts(bar, say("forecast.bar", open=_money(one.open, one.currency, reader))),
        Table(columns, body, title, note=note),
    ]
