"""What a rep is told of their customers' accounts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from billing.ageing import rules as ageing
from billing.analysis import queries as analysis
from billing.batch import Row
from billing.feedback import store
from contracts.billing.analysis import ReceivablesRow
from contracts.billing.feedback import (
    AccountFeedback,
    FeedbackCustomer,
    FeedbackItem,
    FeedbacksTold,
    FeedbackTold,
    GetAccountFeedback,
    ListAccountFeedbacks,
)
from kernel.database import Transaction
from kernel.money import plain
from kernel.period import Period
from kernel.problems import NotFound

MOST_ITEMS = 50
FIRST_DAYS = (1, *(last + 1 for last in ageing.USUAL))
ZERO = Decimal(0)


async def account_feedback(tx: Transaction, asked: GetAccountFeedback) -> AccountFeedback:
    """The feedback as it was told; of a month that nobody was told of, as it is by now.

    Raises:
        NotFound: there is no such person.
    """
    month = Period.parse(asked.month)
    told = await store.kept(tx, asked.rep, month.start)
    if told is not None:
        return told
    person = await store.person(tx, asked.rep)
    if person is None:
        raise NotFound("person", str(asked.rep))
    found = await by_rep(tx, person["company"], month, asked.rep)
    return found.get(asked.rep, Accounts()).told(person, month, None)


async def told(tx: Transaction, asked: ListAccountFeedbacks) -> FeedbacksTold:
    """Who was told of a month."""
    rows = await store.listed(tx, asked.company, Period.parse(asked.month).start)
    return FeedbacksTold(
        items=[
            FeedbackTold(
                feedback=row["id"],
                rep=row["rep"],
                rep_name=row["name"],
                unit=row["unit"],
                month=asked.month,
            )
            for row in rows
        ]
    )


@dataclass(slots=True)
class Accounts:
    """The accounts of one rep, while they are put together."""

    figures: list[ReceivablesRow] = field(default_factory=list)
    customers: dict[tuple[UUID, str], list[Row]] = field(default_factory=dict)
    items: list[FeedbackItem] = field(default_factory=list)

    def told(self, person: Row, month: Period, feedback: UUID | None) -> AccountFeedback:
        """What the rep is told."""
        customers = [_customer(rows) for rows in self.customers.values()]
        return AccountFeedback(
            feedback=feedback,
            company=person["company"],
            rep=person["person"],
            rep_key=person["key"],
            rep_name=person["name"],
            unit=person["unit"],
            month=month.label(),
            as_of=last_day(month),
            buckets=ageing.buckets(ageing.USUAL),
            figures=sorted(self.figures, key=lambda row: row.currency),
            customers=sorted(customers, key=_most_overdue_first),
            items=self.items,
        )


def last_day(month: Period) -> date:
    """The last day of a month."""
    assert month.end is not None, "a month ends"
    return month.end - timedelta(days=1)


def _most_overdue_first(one: FeedbackCustomer) -> tuple[Decimal, Decimal, str]:
    return -Decimal(one.overdue), -Decimal(one.open), one.number or ""


async def by_rep(
    tx: Transaction, company: str, month: Period, rep: UUID | None = None
) -> dict[UUID, Accounts]:
    """The accounts of all reps of a company at the end of a month, or of one."""
    day = last_day(month)
    found: dict[UUID, Accounts] = {}
    for key, figures in await analysis.months_by_rep(tx, company, month.start, day):
        if key is not None and rep in (None, key):
            found.setdefault(key, Accounts()).figures.append(figures)
    for row in await store.customers(tx, company, day, rep, FIRST_DAYS):
        accounts = found.setdefault(row["rep"], Accounts())
        accounts.customers.setdefault((row["customer"], row["currency"]), []).append(row)
    for row in await store.items(tx, company, day, rep, MOST_ITEMS):
        found.setdefault(row["rep"], Accounts()).items.append(_item(row))
    return found


def _customer(rows: Sequence[Row]) -> FeedbackCustomer:
    first = rows[0]
    amounts = ageing.added_up({row["first_day"]: row["open"] for row in rows}, ageing.USUAL)
    overdue = [row for row in rows if row["first_day"] > 0]
    return FeedbackCustomer(
        customer=first["customer"],
        number=first["number"],
        name=first["name"],
        currency=first["currency"],
        amounts={name: plain(amount) for name, amount in amounts.items()},
        open=plain(_sum(row["open"] for row in rows)),
        overdue=plain(_sum(row["open"] for row in overdue)),
        oldest_days=max((row["days"] for row in overdue), default=0),
        disputed=plain(_sum(row["disputed"] for row in rows)),
    )


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)


def _item(row: Row) -> FeedbackItem:
    return FeedbackItem(
        number=row["number"],
        customer=row["customer"],
        customer_name=row["customer_name"],
        issued_on=row["issued_on"],
        due_on=row["due_on"],
        overdue_days=row["overdue_days"],
        currency=row["currency"],
        open=plain(row["open"]),
        disputed=row["disputed"],
    )
