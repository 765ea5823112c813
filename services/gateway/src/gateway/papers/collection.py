"""What customers are sent: statements of account and letters of dunning."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from contracts.billing.collection import StatementOfAccount
from contracts.billing.dunning import DunningLetter, LetterItem
from gateway.papers.asked import Asked
from gateway.papers.model import (
    Block,
    Cell,
    Column,
    Figure,
    Figures,
    Kind,
    Paper,
    Signature,
    Table,
    Text,
    Tone,
)
from gateway.papers.reader import Reader
from kernel.ids import slug
from kernel.money import Money

TITLED_LEVELS = 3
ZERO = Decimal(0)


def statement(answer: StatementOfAccount, asked: Asked) -> Paper:
    """A statement of account, in the customer's language: what moved, and what is open."""
    reader = Reader(answer.language)
    say = reader.say
    number = answer.customer_number or ""
    return Paper(
        title=say("statement.title"),
        subtitle=say(
            "statement.subtitle", start=reader.day(answer.start), end=reader.day(answer.end)
        ),
        sender=answer.company_name or asked.company,
        sender_lines=_branch(answer.unit_name, answer.company_name),
        addressee=[answer.customer_name or number],
        facts=[(say("statement.customer"), number)],
        blocks=[_balances(answer, reader), _movements(answer, reader), _open(answer, reader)],
        language=reader.language,
        footer=asked.footer,
        file=f"{say('statement.file')}-{slug(number)}-{answer.end:%Y-%m-%d}",
    )


def _branch(unit: str | None, company: str | None) -> list[str]:
    return [unit] if unit and unit != company else []


def _balances(answer: StatementOfAccount, reader: Reader) -> Figures:
    """Balance before, what came on top, what was taken off, balance after."""

    def part(amounts: Iterable[Decimal]) -> str:
        return reader.money(Money(sum(amounts, ZERO), answer.currency))

    moved = [line.amount.amount for line in answer.movements]
    say = reader.say
    late = Tone.LATE if answer.overdue else Tone.GOOD
    return Figures(
        [
            Figure(say("statement.opening"), reader.money(answer.opening)),
            Figure(say("statement.charges"), part(each for each in moved if each > 0)),
            Figure(say("statement.credits"), part(each for each in moved if each < 0)),
            Figure(say("statement.closing"), reader.money(answer.closing)),
            Figure(say("statement.overdue"), reader.money(answer.overdue), tone=late),
        ]
    )


def _movements(answer: StatementOfAccount, reader: Reader) -> Table:
    say = reader.say
    columns = [
        Column(say("collection.day"), Kind.DAY),
        Column(say("collection.document"), wide=True),
        Column(say("collection.number")),
        Column(say("collection.amount"), Kind.MONEY),
        Column(say("statement.balance"), Kind.MONEY),
    ]
    rows: list[Sequence[Cell]] = [
        [
            line.dated_on,
            say(f"kind.{line.kind}"),
            line.number,
            line.amount.amount,
            line.balance.amount,
        ]
        for line in answer.movements
    ]
    total: list[Cell] = [None, say("statement.closing"), None, None, answer.closing.amount]
    return Table(columns, rows, say("statement.movements", currency=answer.currency), [total])


def _open(answer: StatementOfAccount, reader: Reader) -> Table:
    say = reader.say
    rows: list[Sequence[Cell]] = [
        [
            say(f"kind.{item.kind}"),
            _numbered(item.number, item.nth, reader),
            item.due_on,
            item.overdue_days or None,
            item.open.amount,
        ]
        for item in answer.items
    ]
    total: list[Cell] = [say("total"), None, None, None, answer.closing.amount]
    title = say("statement.open", currency=answer.currency)
    return Table(_open_columns(reader), rows, title, [total], say("statement.note"))


def _open_columns(reader: Reader) -> list[Column]:
    say = reader.say
    return [
        Column(say("collection.document"), wide=True),
        Column(say("collection.number")),
        Column(say("collection.due"), Kind.DAY),
        Column(say("collection.days"), Kind.COUNT),
        Column(say("collection.open"), Kind.MONEY),
    ]


def _numbered(number: str, nth: int, reader: Reader) -> str:
    """The first part of a document goes by its number alone."""
    return number if nth == 1 else reader.say("collection.nth", number=number, nth=nth)


def letter(answer: DunningLetter, asked: Asked) -> Paper:
    """A letter of dunning: its text, and all that was open that day, credit too."""
    reader = Reader(answer.language)
    say = reader.say
    number = answer.customer_number or ""
    named = f"letter.title.{answer.level if answer.level <= TITLED_LEVELS else 'more'}"
    opening = f"{say('letter.greeting')}\n\n{answer.text or say('letter.text')}"
    return Paper(
        title=say(named, level=answer.level),
        sender=answer.company_name or asked.company,
        sender_lines=_branch(answer.unit_name, answer.company_name),
        addressee=[answer.customer_name or number],
        facts=[
            (say("letter.date"), reader.long_day(answer.dated_on)),
            (say("letter.number"), number),
        ],
        blocks=[
            Text(opening),
            *_letter_tables(answer, reader),
            Signature(
                answer.company_name or asked.company, say("letter.role"), say("letter.closing")
            ),
        ],
        language=reader.language,
        footer="",
        file=f"{say('letter.file')}-{slug(number)}-{answer.dated_on:%Y-%m-%d}",
    )


def _letter_tables(answer: DunningLetter, reader: Reader) -> list[Block]:
    """A table for each currency, with what is overdue and what is open in all."""
    say = reader.say
    blocks: list[Block] = []
    for balance in answer.balance:
        items = [item for item in answer.items if item.open.currency == balance.currency]
        late = sum((item.open.amount for item in items if item.overdue_days), ZERO)
        totals: list[Sequence[Cell]] = [
            [say("letter.overdue"), None, None, None, late],
            [say("letter.balance"), None, None, None, balance.amount],
        ]
        title = say("letter.items", currency=balance.currency)
        rows = [_letter_row(item, reader) for item in items]
        blocks.append(Table(_open_columns(reader), rows, title, totals, say("letter.note")))
    return blocks


def _letter_row(item: LetterItem, reader: Reader) -> list[Cell]:
    kind = reader.say(f"kind.{item.kind}")
    if item.disputed:
        kind = f"{kind} ({reader.say('letter.disputed')})"
    numbered = _numbered(item.number, item.nth, reader)
    return [kind, numbered, item.due_on, item.overdue_days or None, item.open.amount]
