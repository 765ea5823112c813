"""The monthly account feedback of a rep, on paper."""

from __future__ import annotations

from decimal import Decimal

from contracts.billing.feedback import AccountFeedback, FeedbackCustomer, FeedbackItem
from gateway.papers.asked import Asked
from gateway.papers.collected import period_figures
from gateway.papers.model import Block, Cell, Column, Kind, Paper, Table, Text
from gateway.papers.reader import Reader
from gateway.papers.receivables import age_bar, bucket_name


def account_feedback(answer: AccountFeedback, asked: Asked) -> Paper:
    """How a rep's accounts stand: figures, a bar by age, customers, and what to follow up first."""
    reader = asked.reader
    say = reader.say
    blocks: list[Block] = [Text(say("feedback.intro", month=reader.month(answer.as_of)))]
    for figures in answer.figures:
        blocks += [period_figures(figures, reader), *_of_currency(answer, figures.currency, reader)]
    if not answer.figures:
        blocks.append(Text(say("feedback.nothing")))
    return Paper(
        title=say("feedback.title"),
        subtitle=say("feedback.subtitle", month=reader.month(answer.as_of)),
        sender=asked.company,
        sender_lines=[asked.units.get(answer.unit, answer.unit)],
        facts=[
            (say("by.rep"), answer.rep_name or "—"),
            (say("key"), answer.rep_key or "—"),
            (say("feedback.as-of"), reader.day(answer.as_of)),
        ],
        blocks=blocks,
        language=reader.language,
        footer=asked.footer,
        file=f"{say('feedback.file')}-{answer.rep_key or answer.rep}-{answer.month}",
    )


def _of_currency(answer: AccountFeedback, currency: str, reader: Reader) -> list[Block]:
    customers = [one for one in answer.customers if one.currency == currency]
    items = [one for one in answer.items if one.currency == currency]
    sums = [
        sum((Decimal(one.amounts[name]) for one in customers), Decimal(0))
        for name in answer.buckets
    ]
    blocks: list[Block] = [age_bar(answer.buckets, sums, currency, reader)]
    if items:
        blocks.append(_items(items, currency, reader))
    if customers:
        blocks.append(_customers(answer, customers, sums, currency, reader))
    return blocks


def _items(items: list[FeedbackItem], currency: str, reader: Reader) -> Table:
    say = reader.say
    columns = [
        Column(say("feedback.document")),
        Column(say("by.customer"), wide=True),
        Column(say("feedback.due"), Kind.DAY),
        Column(say("feedback.days"), Kind.COUNT),
        Column(say("feedback.disputed")),
        Column(say("feedback.open"), Kind.MONEY),
    ]
    rows: list[list[Cell]] = [
        [
            one.number,
            one.customer_name or "—",
            one.due_on,
            one.overdue_days,
            say("yes") if one.disputed else "",
            Decimal(one.open),
        ]
        for one in items
    ]
    total = sum((Decimal(one.open) for one in items), Decimal(0))
    totals: list[list[Cell]] = [[say("total"), "", None, None, "", total]]
    return Table(columns, rows, say("feedback.items", currency=currency), totals)


def _customers(
    answer: AccountFeedback,
    customers: list[FeedbackCustomer],
    sums: list[Decimal],
    currency: str,
    reader: Reader,
) -> Table:
    say = reader.say
    columns = [
        Column(say("by.customer"), wide=True),
        *(Column(bucket_name(name, reader), Kind.MONEY) for name in answer.buckets),
        Column(say("total"), Kind.MONEY),
    ]
    rows: list[list[Cell]] = [
        [
            one.name or one.number or "—",
            *(Decimal(one.amounts[name]) for name in answer.buckets),
            Decimal(one.open),
        ]
        for one in customers
    ]
    totals: list[list[Cell]] = [[say("total"), *sums, sum(sums, Decimal(0))]]
    title = say("feedback.customers", currency=currency)
    return Table(columns, rows, title, totals, say("feedback.note"))
