"""What can be asked about the collector's work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from billing import paging
from billing.batch import Row
from billing.collection import rules, store
from billing.collection.model import Debtor, Ranked
from billing.dunning import queries as dunning
from billing.exposure import queries as credit
from billing.promises import queries as promises
from contracts.billing import collection as contract
from contracts.billing.dunning import Language
from kernel.database import Transaction
from kernel.money import Money

Key = tuple[UUID, str]
"""A customer and a currency."""


async def worklist(tx: Transaction, asked: contract.ListWork, today: date) -> contract.Worklist:
    """Whom to ask first; who put it off to a later day is left out, unless a promise broke."""
    planned = list(await promises.items_in_plans(tx, None, today))
    rows = await store.debtors(tx, today, asked.company, planned, asked.rep)
    by_key = {(row["customer"], row["currency"]): row for row in rows}
    lines = rules.worklist(await _debtors(tx, rows, today))
    if not asked.put_off:
        lines = [line for line in lines if _is_due(line, by_key[_key(line)], today)]
    return _page(lines, by_key, asked)


async def _debtors(tx: Transaction, rows: Sequence[Row], today: date) -> list[Debtor]:
    whose = {row["customer"] for row in rows}
    broken = await promises.broken(tx, whose, today)
    promised = await promises.promised(tx, whose, today)
    levels = await _levels(tx, rows)
    return [
        Debtor(
            customer=row["customer"],
            overdue=Money(row["overdue"], row["currency"]),
            promised=_in(promised.get(row["customer"], ()), row["currency"]),
            oldest_days=row["oldest_days"],
            level=row["level"],
            levels=levels[row["customer"]],
            broken=broken.get(row["customer"], 0),
        )
        for row in rows
    ]


def _in(amounts: Iterable[Money], currency: str) -> Money:
    return Money.total((each for each in amounts if each.currency == currency), currency)


async def _levels(tx: Transaction, rows: Sequence[Row]) -> Mapping[UUID, int]:
    """How many levels the procedure of each customer has."""
    found: dict[UUID, int] = {}
    for company in {row["company"] for row in rows}:
        whose = [row["customer"] for row in rows if row["company"] == company]
        by = await dunning.procedures_of(tx, company, whose)
        found |= {customer: len(procedure.levels) for customer, procedure in by.items()}
    return found


def _is_due(line: Ranked, row: Row, today: date) -> bool:
    return bool(line.debtor.broken) or row["next_on"] is None or row["next_on"] <= today


def _key(line: Ranked) -> Key:
    return line.debtor.customer, line.debtor.overdue.currency


def _page(
    lines: Sequence[Ranked], by_key: Mapping[Key, Row], asked: contract.ListWork
) -> contract.Worklist:
    after = paging.key(asked.after, lambda each: each == "True", str, Decimal, str)
    rest = [line for line in lines if after is None or rules.order(line) > after]
    shown, last = paging.page(rest, asked.limit)
    return contract.Worklist(
        items=[_work(line, by_key[_key(line)]) for line in shown],
        total=len(lines),
        next=None if last is None else paging.cursor(*rules.order(last)),
    )


def _work(line: Ranked, row: Row) -> contract.WorkItem:
    debtor = line.debtor
    return contract.WorkItem(
        customer=debtor.customer,
        customer_number=row["number"],
        customer_name=row["name"],
        company=row["company"],
        unit=row["unit"],
        rep=row["owner"],
        rep_name=row["rep_name"],
        to_ask=line.to_ask,
        overdue=debtor.overdue,
        oldest_days=debtor.oldest_days,
        level=debtor.level,
        broken=debtor.broken,
        risk=line.risk,
        score=line.score,
        reasons=[
            contract.WorkReason(code=each.code, points=each.points, figure=each.figure)
            for each in line.reasons
        ],
        last_contact=row["made_at"] and row["made_at"].date(),
        next_on=row["next_on"],
    )


async def contacts(tx: Transaction, asked: contract.ListContacts) -> contract.Contacts:
    """What was said with a customer, the latest first.

    Raises:
        NotFound: the customer is not there, or out of the person's scope.
    """
    await credit.credit_of(tx, asked.customer)
    (before,) = paging.key(asked.after, UUID) or (None,)
    rows = await store.contacts(tx, asked.customer, before, asked.limit + 1)
    shown, last = paging.page(rows, asked.limit)
    return contract.Contacts(
        items=[contact(row) for row in shown], next=last and paging.cursor(last["id"])
    )


def contact(row: Row) -> contract.Contact:
    """A contact as people are shown it."""
    same = contract.Contact.model_fields.keys() - {"contact"}
    return contract.Contact(contact=row["id"], **{name: row[name] for name in same})


async def statement(
    tx: Transaction, asked: contract.GetStatementOfAccount, language: Language, today: date
) -> contract.StatementOfAccount:
    """The account of a customer with all branches: a statement with gaps would be a false one.

    Raises:
        NotFound: the customer is not there, or out of the person's scope.
    """
    account = await credit.credit_of(tx, asked.customer)
    await promises.open_customer(tx, asked.customer)
    currency = asked.currency or account.currency
    end = asked.end or today
    first = await store.first_day(tx, asked.customer, currency)
    start = asked.start or min(first or end, end)
    opening = await store.balance_before(tx, asked.customer, currency, start)
    moved = await store.movements(tx, asked.customer, currency, start, end)
    lines = _statement_lines(moved, Money(opening, currency))
    items = [
        _statement_item(row, currency, end)
        for row in await store.open_items(tx, asked.customer, currency, end)
    ]
    names = await store.names(tx, asked.customer)
    return contract.StatementOfAccount(
        company=account.company,
        company_name=names["company_name"],
        unit_name=names["unit_name"],
        customer=asked.customer,
        customer_number=names["number"],
        customer_name=names["name"],
        language=language,
        currency=currency,
        start=start,
        end=end,
        opening=Money(opening, currency),
        movements=lines,
        closing=lines[-1].balance if lines else Money(opening, currency),
        items=items,
        overdue=Money.total((each.open for each in items if each.overdue_days > 0), currency),
    )


def _statement_lines(rows: Sequence[Row], balance: Money) -> list[contract.StatementLine]:
    lines = []
    for row in rows:
        amount = Money(row["amount"], balance.currency)
        balance += amount
        lines.append(
            contract.StatementLine(
                dated_on=row["dated_on"],
                kind=row["kind"],
                number=row["number"],
                due_on=row["due_on"],
                amount=amount,
                balance=balance,
            )
        )
    return lines


def _statement_item(row: Row, currency: str, end: date) -> contract.StatementItem:
    due, open_ = row["due_on"], row["open"]
    late = (end - due).days if due is not None and open_ > 0 else 0
    return contract.StatementItem(
        kind=row["kind"],
        number=row["number"],
        nth=row["nth"],
        issued_on=row["issued_on"],
        due_on=due,
        overdue_days=max(late, 0),
        open=Money(open_, currency),
    )
