"""A customer's credit file, on paper."""

from __future__ import annotations

from decimal import Decimal

from contracts.billing.assessment import Assessment, CreditFile, Working
from gateway.papers.asked import Asked
from gateway.papers.model import Block, Cell, Column, Figure, Figures, Kind, Paper, Table, Tone
from gateway.papers.reader import Reader
from kernel.money import Money

UNKNOWN = "—"
SHARES = frozenset({"on-time"})
AMOUNTS = frozenset({"highest-balance", "turnover"})


def credit_file(answer: CreditFile, asked: Asked) -> Paper:
    """Where a customer stands, every factor of it, and how they stood before."""
    reader = asked.reader
    say = reader.say
    shown = answer.on_file or answer.now
    blocks: list[Block] = [_credit(answer, reader), _score(shown, reader)]
    blocks.append(_working(shown, answer.credit.currency, reader))
    if answer.history:
        blocks.append(_history(answer, reader))
    name = answer.customer_name or UNKNOWN
    return Paper(
        title=say("file.title"),
        subtitle=name,
        sender=asked.company,
        sender_lines=[asked.units.get(answer.credit.unit, answer.credit.unit)],
        facts=[
            (say("by.customer"), answer.customer_number or UNKNOWN),
            (say("file.as-of"), reader.day(shown.as_of)),
            (say("file.review"), reader.day(shown.review_on)),
            (say("file.state"), say("file.on-file" if answer.on_file else "file.not-on-file")),
        ],
        blocks=blocks,
        language=reader.language,
        footer=asked.footer,
        file=f"{say('file.file')}-{answer.customer_number or answer.credit.customer}",
    )


def _credit(answer: CreditFile, reader: Reader) -> Figures:
    credit, say = answer.credit, reader.say

    def bounded(amount: Money | None) -> str:
        return say("file.no-limit") if amount is None else reader.money(amount)

    below = credit.available is not None and credit.available.amount < 0
    tone = Tone.BAD if below else Tone.GOOD
    return Figures(
        [
            Figure(say("file.limit"), bounded(credit.limit)),
            Figure(say("file.used"), reader.money(credit.used)),
            Figure(say("file.available"), bounded(credit.available), tone=tone),
            Figure(say("file.receivable"), reader.money(credit.receivable)),
        ]
    )


def _score(one: Assessment, reader: Reader) -> Figures:
    say = reader.say
    score = UNKNOWN if one.score is None else reader.number(one.score)
    return Figures(
        [
            Figure(say("file.score"), score, say("file.of-100"), _tone(one.score)),
            Figure(say("file.grade"), one.grade or UNKNOWN, _graded(one, reader), _tone(one.score)),
            Figure(say("file.proposed"), _money(one.proposed_limit, reader)),
            Figure(say("file.turnover"), _money(one.monthly_turnover, reader)),
        ]
    )


def _graded(one: Assessment, reader: Reader) -> str:
    return reader.say("file.known", share=reader.share(one.known))


def _tone(score: Decimal | None) -> Tone:
    if score is None:
        return Tone.PLAIN
    return Tone.GOOD if score >= 65 else Tone.WATCH if score >= 50 else Tone.BAD


def _money(amount: Money | None, reader: Reader) -> str:
    return UNKNOWN if amount is None else reader.money(amount)


def _working(one: Assessment, currency: str, reader: Reader) -> Table:
    say = reader.say
    columns = [
        Column(say("file.factor"), wide=True),
        Column(say("file.value")),
        Column(say("file.band")),
        Column(say("file.points"), Kind.COUNT),
        Column(say("file.weight"), Kind.NUMBER),
        Column(say("file.part"), Kind.MONEY),
        Column(say("file.evidence")),
    ]
    rows: list[list[Cell]] = [
        [
            line.factor,
            _value(line, currency, reader),
            line.band or "",
            line.points,
            line.weight,
            line.part,
            line.evidence or say(f"file.source.{_source(line)}"),
        ]
        for line in one.working
    ]
    known = sum((line.weight for line in one.working if line.part is not None), Decimal(0))
    parts = sum((line.part for line in one.working if line.part is not None), Decimal(0))
    totals: list[list[Cell]] = [[say("file.score"), "", "", None, known, parts, ""]]
    title = say("file.working", name=one.scorecard, version=one.version)
    return Table(columns, rows, title, totals, say("file.note"))


def _source(line: Working) -> str:
    if line.value is None:
        return "unknown"
    return "entered" if line.source == "entered" else "ledger"


def _value(line: Working, currency: str, reader: Reader) -> str:
    if line.value is None:
        return UNKNOWN
    if line.source in AMOUNTS:
        return reader.money(Money.of(line.value, currency))
    if line.source in SHARES:
        return reader.share(Decimal(line.value))
    if line.source in {"days-late", "trend"}:
        return reader.say("days", n=reader.number(Decimal(line.value)))
    return reader.say("file.months", n=line.value) if line.source == "seniority" else line.value


def _history(answer: CreditFile, reader: Reader) -> Table:
    say = reader.say
    columns = [
        Column(say("file.as-of"), Kind.DAY),
        Column(say("file.scorecard"), wide=True),
        Column(say("file.score"), Kind.NUMBER),
        Column(say("file.grade")),
        Column(say("file.proposed"), Kind.MONEY),
        Column(say("file.review"), Kind.DAY),
    ]
    rows: list[list[Cell]] = [
        [
            one.as_of,
            f"{one.scorecard} · {one.version}",
            one.score,
            one.grade or UNKNOWN,
            one.proposed_limit.amount if one.proposed_limit else None,
            one.review_on,
        ]
        for one in answer.history
    ]
    return Table(columns, rows, say("file.history"))
