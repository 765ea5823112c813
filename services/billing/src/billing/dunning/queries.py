"""What can be asked about dunning."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from billing import paging
from billing.batch import Row
from billing.dunning import store
from billing.dunning.model import Procedure
from billing.exposure import queries as credit
from contracts.billing import dunning as contract
from kernel.database import Transaction
from kernel.money import Money, plain
from kernel.problems import NotFound


async def procedures(tx: Transaction, company: str) -> contract.DunningProcedures:
    """A company's own procedures, then those that hold everywhere."""
    rows = await store.procedure_rows(tx, company)
    by: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        by.setdefault((row["company"], row["key"]), []).append(row)
    return contract.DunningProcedures(items=[_procedure(levels) for levels in by.values()])


def _procedure(rows: list[Row]) -> contract.DunningProcedure:
    head = rows[0]
    return contract.DunningProcedure(
        company=head["company"],
        key=head["key"],
        name=head["name"],
        standard=head["standard"],
        yearly_rate=head["yearly_rate"],
        days_of_year=head["days_of_year"],
        levels=[_level(row) for row in rows],
    )


def _level(row: Row) -> contract.DunningLevel:
    amount = row["fee_amount"]
    return contract.DunningLevel(
        level=row["level"],
        delay=row["delay"],
        days=row["days"],
        fee=None if amount is None else Money(amount, row["fee_currency"]),
        fee_rate=row["fee_rate"],
        blocks=row["blocks"],
        escalates=row["escalates"],
        text_es=row["text_es"],
        text_en=row["text_en"],
    )


async def procedures_of(
    tx: Transaction, company: str, customers: Collection[UUID]
) -> Mapping[UUID, Procedure]:
    """The procedure of each of these customers: their own, or the standard of the company.

    A company's own procedures go before those that hold everywhere.
    """
    known = store.procedures(await store.procedure_rows(tx, company))
    standard = next(one for one in known if one.standard)
    by_key = {one.key: one for one in reversed(known)}
    own = await store.assigned(tx, customers)
    return {
        customer: by_key.get(own.get(customer, standard.key), standard) for customer in customers
    }


async def stops(tx: Transaction, customer: UUID) -> contract.DunningStops:
    """The stops of a customer, the latest first, those that were lifted too.

    Raises:
        NotFound: the customer is not there, or out of the person's scope.
    """
    await credit.credit_of(tx, customer)
    return contract.DunningStops(items=[stop(row) for row in await store.stops(tx, customer)])


def stop(row: Row) -> contract.DunningStop:
    """A stop as people are shown it."""
    return contract.DunningStop(
        stop=row["id"],
        customer=row["customer"],
        item=row["item"],
        until=row["until"],
        reason=row["reason"],
        stopped_by=row["stopped_by"],
        lifted=row["lifted"],
    )


def run(row: Row) -> contract.DunningRun:
    """A run as people are shown it."""
    fields = contract.DunningRun.model_fields.keys() - {"run"}
    return contract.DunningRun(run=row["id"], **{name: row[name] for name in fields})


async def one_run(tx: Transaction, run_id: UUID) -> contract.DunningRun:
    """How far a run is.

    Raises:
        NotFound: there is no such run, or it is out of the person's scope.
    """
    row = await store.run(tx, run_id)
    if row is None:
        raise NotFound("dunning run", str(run_id))
    return run(row)


async def runs(tx: Transaction, asked: contract.ListDunningRuns) -> contract.DunningRuns:
    """Runs in scope, the latest first."""
    after: Any = paging.key(asked.after, date.fromisoformat, UUID)
    rows = await store.runs(tx, asked.company, after, asked.limit + 1)
    shown, last = paging.page(rows, asked.limit)
    return contract.DunningRuns(
        items=[run(row) for row in shown],
        next=None if last is None else paging.cursor(last["as_of"], last["id"]),
    )


async def dunned(
    tx: Transaction, asked: contract.ListDunnedItems, today: date
) -> contract.DunnedItems:
    """Open items that were reminded, the longest overdue first."""
    after: Any = paging.key(asked.after, date.fromisoformat, UUID)
    which = (asked.company, asked.customer, asked.level)
    rows = await store.dunned(tx, which, after, asked.limit + 1)
    shown, last = paging.page(rows, asked.limit)
    return contract.DunnedItems(
        items=[_dunned(row, today) for row in shown],
        next=None if last is None else paging.cursor(last["due_on"], last["item"]),
    )


def _dunned(row: Row, today: date) -> contract.DunnedItem:
    same = contract.DunnedItem.model_fields.keys() - {"open", "overdue_days"}
    return contract.DunnedItem(
        open=Money(row["open"], row["currency"]),
        overdue_days=(today - row["due_on"]).days,
        **{name: row[name] for name in same},
    )


async def letter(
    tx: Transaction, letter_id: UUID, language: contract.Language
) -> contract.DunningLetter:
    """A letter as it stood on its day, in a language.

    Raises:
        NotFound: there is no such letter, or its customer is out of the person's scope.
    """
    row = await store.letter(tx, letter_id)
    if row is None:
        raise NotFound("dunning letter", str(letter_id))
    items = [_line(line, row["dated_on"]) for line in row["items"]]
    same = ("run", "company", "company_name", "unit_name", "customer", "customer_number",
            "customer_name", "level", "dated_on")  # fmt: skip
    return contract.DunningLetter(
        letter=row["id"],
        language=language,
        text=row[f"text_{language}"] or "",
        items=items,
        overdue=_sums(item.open for item in items if item.overdue_days > 0),
        balance=_sums(item.open for item in items),
        **{name: row[name] for name in same},
    )


def _line(line: Mapping[str, Any], dated_on: date) -> contract.LetterItem:
    due = line["due_on"] and date.fromisoformat(line["due_on"])
    owed = not line["open"].startswith("-")
    return contract.LetterItem(
        kind=line["kind"],
        number=line["number"],
        nth=line["nth"],
        issued_on=line["issued_on"],
        due_on=due,
        overdue_days=max((dated_on - due).days, 0) if due and owed else 0,
        open=Money(Decimal(line["open"]), line["currency"]),
        level=line["level"],
        disputed=line["disputed"],
    )


def _sums(amounts: Iterable[Money]) -> list[Money]:
    """The sum of each currency."""
    sums: dict[str, Money] = {}
    for amount in amounts:
        sums[amount.currency] = sums.get(amount.currency, Money.zero(amount.currency)) + amount
    return [sums[currency] for currency in sorted(sums)]


async def letters(tx: Transaction, asked: contract.ListDunningLetters) -> contract.DunningLetters:
    """Letters of a run or to a customer, the latest first."""
    after: Any = paging.key(asked.after, date.fromisoformat, UUID)
    rows = await store.letters(tx, (asked.run, asked.customer), after, asked.limit + 1)
    shown, last = paging.page(rows, asked.limit)
    same = contract.DunningLetterRow.model_fields.keys() - {"letter"}
    return contract.DunningLetters(
        items=[
            contract.DunningLetterRow(letter=row["id"], **{name: row[name] for name in same})
            for row in shown
        ],
        next=None if last is None else paging.cursor(last["dated_on"], last["id"]),
    )


async def explained(tx: Transaction, document: UUID) -> contract.ChargeExplained:
    """What a fee or an interest is made of.

    Raises:
        NotFound: it is no charge of dunning, or out of the person's scope.
    """
    rows = await store.charge_lines(tx, document)
    if not rows:
        raise NotFound("charge", str(document))
    lines = [line for row in rows for line in _charge_lines(row)]
    return contract.ChargeExplained(document=document, kind=rows[0]["kind"], lines=lines)


def _charge_lines(row: Row) -> list[contract.ChargeLine]:
    """The first line of an item bears its amount; the others only explain it."""
    amount = Money(row["amount"], row["currency"])
    head = {"item": row["item"], "number": row["number"], "level": row["level"]}
    nothing = Money.zero(row["currency"])
    workings: list[dict[str, Any]] = row["working"] or [{}]
    return [
        contract.ChargeLine(amount=nothing if nth else amount, **head, **working)
        for nth, working in enumerate(workings)
    ]


async def report(
    tx: Transaction, asked: contract.ReportDunning, today: date
) -> contract.DunningReport:
    """The reminders that a policy would have produced: open at the end of due day plus days.

    Source: BI6.
    """
    days = [int(each) for each in asked.policy.split(",")]
    rows = await store.reminders(tx, asked.company, days, asked.as_of or today)
    return contract.DunningReport(
        rows=[
            contract.DunningReportRow(
                level=row["level"],
                days=row["days"],
                currency=row["currency"],
                reminders=row["reminders"],
                amount=plain(row["amount"]),
                undisputed=row["undisputed"],
                undisputed_amount=plain(row["undisputed_amount"]),
            )
            for row in rows
        ]
    )
