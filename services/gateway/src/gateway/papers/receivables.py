"""What customers owe, on paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from contracts.billing.reports import AgeingReport, AgeingRow
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
from kernel.money import Money

TONES = (Tone.GOOD, Tone.WATCH, Tone.LATE, Tone.BAD, Tone.WORST)
CURRENT, OLDEST = 0, -1


def ageing(answer: AgeingReport, asked: Asked) -> Paper:
    """Open amounts by age: the whole in figures and a bar, then a row each, by currency."""
    reader = asked.reader
    say, day = reader.say, answer.as_of or asked.today
    basis = say(f"ageing.basis.{answer.basis}")
    blocks: list[Block] = []
    for currency in sorted({row.currency for row in answer.rows}):
        rows = [row for row in answer.rows if row.currency == currency]
        blocks += _of_currency(answer, rows, currency, reader)
    return Paper(
        title=say("ageing.title"),
        subtitle=say("ageing.subtitle", day=reader.long_day(day), basis=basis),
        sender=asked.company,
        blocks=blocks or [nothing(reader)],
        language=reader.language,
        footer=asked.footer,
        file=f"{say('ageing.file')}-{day:%Y-%m-%d}",
        wide=len(answer.buckets) > 4 and answer.by is not None,
    )


def nothing(reader: Reader) -> Table:
    """A table that says that there is nothing to say."""
    return Table([Column(reader.say("nothing"), wide=True)], [])


def _of_currency(
    answer: AgeingReport, rows: Sequence[AgeingRow], currency: str, reader: Reader
) -> list[Block]:
    sums = [
        sum((Decimal(row.amounts[name]) for row in rows), Decimal(0)) for name in answer.buckets
    ]
    invoices = sum(row.invoices for row in rows)
    blocks: list[Block] = [
        _figures(sums, invoices, currency, reader),
        age_bar(answer.buckets, sums, currency, reader),
    ]
    if answer.by is None:
        return blocks
    by = reader.say(f"by.{answer.by}")
    names = [bucket_name(name, reader) for name in answer.buckets]
    columns = [
        Column(reader.say("key")),
        Column(by, wide=True),
        *(Column(name, Kind.MONEY) for name in names),
        Column(reader.say("total"), Kind.MONEY),
        Column(reader.say("invoices"), Kind.COUNT),
    ]
    body = [_row(row, answer.buckets) for row in rows]
    total: list[Cell] = ["", reader.say("total"), *sums, sum(sums, Decimal(0)), invoices]
    title = reader.say("ageing.table", by=by.lower(), currency=currency)
    return [*blocks, Table(columns, body, title, [total], reader.say("ageing.note"))]


def _row(row: AgeingRow, buckets: Iterable[str]) -> list[Cell]:
    amounts = [Decimal(row.amounts[name]) for name in buckets]
    return [row.id, row.name or "—", *amounts, Decimal(row.total), row.invoices]


def _figures(sums: Sequence[Decimal], invoices: int, currency: str, reader: Reader) -> Figures:
    total = sum(sums, Decimal(0))
    overdue = total - sums[CURRENT]

    def part(amount: Decimal) -> str:
        return reader.say("of-total", share=reader.share(amount / total)) if total else ""

    def money(amount: Decimal) -> str:
        return reader.money(Money.of(amount, currency))

    say = reader.say
    return Figures(
        [
            Figure(say("ageing.open"), money(total), say("count.invoices", n=invoices)),
            Figure(say("ageing.current"), money(sums[CURRENT]), part(sums[CURRENT]), Tone.GOOD),
            Figure(say("ageing.overdue"), money(overdue), part(overdue), Tone.LATE),
            Figure(say("ageing.oldest"), money(sums[OLDEST]), part(sums[OLDEST]), Tone.WORST),
        ]
    )


def age_bar(
    buckets: Sequence[str], sums: Sequence[Decimal], currency: str, reader: Reader
) -> Parts:
    """What is owed, from not yet due to longest overdue, as one bar."""
    parts = [
        Part(
            bucket_name(name, reader),
            reader.money(Money.of(amount, currency)),
            amount,
            _tone(place, len(buckets)),
        )
        for place, (name, amount) in enumerate(zip(buckets, sums, strict=True))
    ]
    return Parts(parts, reader.say("ageing.bar", currency=currency))


def _tone(place: int, of: int) -> Tone:
    """The first is good, the last the worst, whatever their number."""
    return TONES[place * (len(TONES) - 1) // max(of - 1, 1)]


def bucket_name(bucket: str, reader: Reader) -> str:
    """A bucket as people say it.

    >>> [bucket_name(name, Reader("en")) for name in ("current", "d1_30", "over_90")]
    ['Not due', '1 to 30 days', 'Over 90 days']
    """
    if bucket == "current":
        return reader.say("bucket.current")
    if bucket.startswith("over_"):
        return reader.say("bucket.over", days=bucket.removeprefix("over_"))
    first, last = bucket.removeprefix("d").split("_")
    return reader.say("bucket.between", first=first, last=last)
