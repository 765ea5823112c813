"""Orders from another system: history, kept to the last decimal, never changed afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from contracts.customers.imports import ImportOrders, OrderRecord
from contracts.customers.order_confirmed import OrderConfirmedV1
from contracts.customers.order_delivered import OrderDeliveredV1
from contracts.imports import ImportAnswer
from contracts.lines import Line
from customers.cards.queries import currencies_of
from customers.imports import Batch, NumberTaken, Overlapping, begin, digest
from customers.orders.model import State
from customers.orders.store import Known, Orders
from kernel.database import Transaction
from kernel.problems import Refusal
from kernel.scope import Principal

_LINES = TypeAdapter(list[Line])


@dataclass(eq=False)
class UnknownCustomer(Refusal):
    """The row names a customer who was not imported before."""

    code = "imports.unknown-customer"
    title = "The customer is unknown"
    customer: str


@dataclass(eq=False)
class WrongCurrency(Refusal):
    """The row's amounts are not in the customer's currency."""

    code = "imports.wrong-currency"
    title = "The currency is not the customer's"
    expected: str
    given: str


@dataclass(eq=False)
class OrderDiffers(Refusal):
    """The order came before and said something else: a document is not changed by an import."""

    code = "imports.order-differs"
    title = "The order differs from the one imported before"
    number: str


@dataclass(frozen=True, slots=True)
class _Taken:
    """A record that is new, with what its keys stand for."""

    record: OrderRecord
    id: UUID
    delivery: UUID
    customer: UUID
    unit: str
    rep: UUID | None
    lines: str
    """As JSON: for the digest and for the table."""
    digest: bytes


async def import_orders(tx: Transaction, asked: ImportOrders, who: Principal) -> ImportAnswer:
    """Take in a batch of orders; a row that cannot be taken is left out and reported."""
    reps = (record.rep for record in asked.records)
    batch = await begin(tx, "orders", asked.company, reps, who)
    orders = Orders(tx)
    buyers = {batch.id("customer", record.customer) for record in asked.records}
    currencies = await currencies_of(tx, asked.company, list(buyers))
    known = await orders.known(asked.company, [record.key for record in asked.records])
    taken = _sorted_out(batch, asked.records, currencies, known)
    if not await _keep(tx, batch, taken):
        raise Overlapping(asked.company)
    for each in taken:
        _announce(tx, batch, each)
    return batch.answer()


def _sorted_out(
    batch: Batch,
    records: Sequence[OrderRecord],
    currencies: Mapping[UUID, str],
    known: Mapping[str, Known],
) -> list[_Taken]:
    """The records that are new; the others are counted, or refused with the reason."""
    taken: list[_Taken] = []
    seen = dict(known)
    for index, record in enumerate(records):
        try:
            each = _taken(batch, record, currencies)
            if record.key in seen:
                _check_it_is_the_same(each, seen[record.key])
                batch.unchanged += 1
                continue
        except Refusal as refusal:
            batch.refuse(index, record.key, refusal)
            continue
        batch.added += 1
        seen[record.key] = Known(each.id, each.digest)
        taken.append(each)
    return taken


def _taken(batch: Batch, record: OrderRecord, currencies: Mapping[UUID, str]) -> _Taken:
    customer = batch.id("customer", record.customer)
    if customer not in currencies:
        raise UnknownCustomer(record.customer)
    for amount in (record.net, record.gross):
        if amount.currency != currencies[customer]:
            raise WrongCurrency(currencies[customer], amount.currency)
    lines = _LINES.dump_json(list(record.lines), exclude_defaults=True)
    return _Taken(
        record=record,
        id=batch.id("order", record.key),
        delivery=batch.id("delivery", record.key),
        customer=customer,
        unit=batch.unit(record.unit),
        rep=batch.rep(record.rep),
        lines=lines.decode(),
        digest=digest(record, without="lines", content=lines),
    )


def _check_it_is_the_same(now: _Taken, before: Known) -> None:
    if before.order != now.id:
        raise NumberTaken(now.record.key)
    if before.digest != now.digest:
        raise OrderDiffers(now.record.key)


async def _keep(tx: Transaction, batch: Batch, taken: Sequence[_Taken]) -> bool:
    """Keep new orders and the deliveries of those that are delivered."""
    if not taken:
        return True
    orders = [_order_row(batch, each) for each in taken]
    kept = await tx.bulk("orders", list(orders[0]), (tuple(row.values()) for row in orders))
    deliveries = [row for each in taken if (row := _delivery_row(each))]
    if deliveries:
        rows = (tuple(row.values()) for row in deliveries)
        await tx.bulk("deliveries", list(deliveries[0]), rows)
    return kept == len(orders)


def _order_row(batch: Batch, each: _Taken) -> dict[str, Any]:
    record = each.record
    starts_on = record.delivered_on or record.placed_on
    return {
        "order_id": each.id,
        "company": batch.company,
        "unit": each.unit,
        "rep": each.rep,
        "customer": each.customer,
        "number": record.key,
        "origin": "import",
        "state": (State.DELIVERED if record.delivered_on else State.CONFIRMED).value,
        "placed_on": record.placed_on,
        "confirmed_on": record.placed_on,
        "terms_days": max((record.due_on - starts_on).days, 0),
        "currency": record.net.currency,
        "net": record.net.amount,
        "gross": record.gross.amount,
        "reason": "",
        "lines": each.lines,
        "digest": each.digest,
    }


def _delivery_row(each: _Taken) -> dict[str, Any] | None:
    record = each.record
    if record.delivered_on is None:
        return None
    return {
        "delivery": each.delivery,
        "order_id": each.id,
        "unit": each.unit,
        "rep": each.rep,
        "place": 0,
        "delivered_on": record.delivered_on,
        "due_on": record.due_on,
        "net": record.net.amount,
        "gross": record.gross.amount,
    }


def _announce(tx: Transaction, batch: Batch, each: _Taken) -> None:
    """One event for each order: a delivered one says all in `order-delivered`."""
    record = each.record
    event: OrderDeliveredV1 | OrderConfirmedV1
    if record.delivered_on is None:
        event, day = _confirmed(batch, each), record.placed_on
    else:
        event, day = _delivered(batch, each, record.delivered_on), record.delivered_on
    tx.announce(event, occurred_at=_at_midnight(day), person=each.rep)


def _delivered(batch: Batch, each: _Taken, delivered_on: date) -> OrderDeliveredV1:
    record = each.record
    return OrderDeliveredV1(
        unit=each.unit,
        order=each.id,
        number=record.key,
        delivery=each.delivery,
        customer=each.customer,
        company=batch.company,
        rep=each.rep,
        delivered_on=delivered_on,
        due_on=record.due_on,
        net=record.net,
        gross=record.gross,
        lines=record.lines,
    )


def _confirmed(batch: Batch, each: _Taken) -> OrderConfirmedV1:
    record = each.record
    return OrderConfirmedV1(
        unit=each.unit,
        order=each.id,
        number=record.key,
        customer=each.customer,
        company=batch.company,
        rep=each.rep,
        confirmed_on=record.placed_on,
        net=record.net,
        gross=record.gross,
    )


def _at_midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
