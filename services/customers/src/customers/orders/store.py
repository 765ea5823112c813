"""How orders are kept and listed.

Lines lie with their document as JSON: they are always read and written together with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, insert, select, tuple_

from customers.orders.model import (
    Counterpart,
    Delivery,
    Goods,
    GoodsReturn,
    Line,
    Order,
    Parties,
    State,
)
from customers.organisation.model import Person
from customers.tables import (
    among,
    cards,
    deliveries,
    goods_returns,
    order_numbers,
    orders,
    people,
)
from kernel.database import Row, Transaction
from kernel.money import Money

Place = tuple[date, UUID]
"""The day and the order after which a page begins."""

_WITHOUT_DELIVERIES = frozenset({State.PLACED, State.HELD, State.CONFIRMED, State.CANCELLED})
_PLAIN = (
    "number",
    "customer",
    "company",
    "unit",
    "rep",
    "origin",
    "placed_on",
    "confirmed_on",
    "terms_days",
    "reason",
    "order_class",
)

_COLUMNS = (*_PLAIN, "order_id", "state", "currency", "net", "gross", "missing", "lines")
# What every sale passes through is written by hand: one round trip each, and nothing to compile.
_PARTIES = """
SELECT c.customer, c.company, c.unit, c.owner, c.currency, c.active,
       coalesce(c.name, c.number) AS name,
       u.company AS unit_company, p.person, p.company AS person_company, p.name AS person_name
FROM cards c LEFT JOIN units u ON u.unit = coalesce($2, c.unit)
LEFT JOIN people p ON p.person = coalesce($3, c.owner)
WHERE c.customer = $1
"""
_ORDERS = f"""
SELECT {", ".join(f"o.{name}" for name in _COLUMNS)},
       coalesce(c.name, c.number) AS customer_name, p.name AS rep_name
FROM orders o LEFT JOIN cards c USING (customer) LEFT JOIN people p ON p.person = o.rep
WHERE o.order_id = ANY ($1) ORDER BY o.order_id
"""  # noqa: S608 - names of our own columns
_ADD = f"""
INSERT INTO orders ({", ".join(_COLUMNS)})
VALUES ({", ".join(f"${place + 1}" for place in range(len(_COLUMNS)))}) ON CONFLICT DO NOTHING
"""  # noqa: S608 - names of our own columns
_MOVE = """
UPDATE orders AS o SET state = n.state, confirmed_on = n.confirmed_on, missing = n.missing,
       reason = n.reason
FROM unnest($1::uuid[], $2::text[], $3::date[], $4::numeric[], $5::text[])
     AS n (order_id, state, confirmed_on, missing, reason)
WHERE o.order_id = n.order_id
"""


@dataclass(frozen=True, slots=True)
class Known:
    """An order that has a number already, and the digest of the record that it came from."""

    order: UUID
    digest: bytes | None


class Orders:
    """Orders with their deliveries and returns."""

    def __init__(self, tx: Transaction) -> None:
        self.tx = tx

    async def parties(self, customer: UUID, unit: str | None, seller: UUID | None) -> Parties:
        """Who meets in a sale: the customer, the unit and the seller, else those of the card."""
        row = await self.tx.driver.fetchrow(_PARTIES, customer, unit, seller)
        return Parties(None) if row is None else _parties(row)

    async def get(self, order: UUID, *, lock: bool = False) -> Order | None:
        """An order that the asking person may see; locked, nobody else changes it meanwhile."""
        row = next(iter(await self._rows_of([order], lock=lock)), None)
        if row is None:
            return None
        if row["state"] in _WITHOUT_DELIVERIES:
            return _order(row)
        goods = _goods_of(row)
        return _order(
            row,
            deliveries=await self._deliveries(order, goods),
            returns=await self._returns(order, row["currency"]),
        )

    async def locked(self, wanted: Iterable[UUID]) -> dict[UUID, Order]:
        """Orders without their deliveries, locked in one order for everybody."""
        rows = await self._rows_of(list(wanted), lock=True)
        return {row["order_id"]: _order(row) for row in rows}

    async def _rows_of(self, wanted: Sequence[UUID], *, lock: bool) -> Sequence[Row]:
        statement = f"{_ORDERS} FOR UPDATE OF o" if lock else _ORDERS
        return await self.tx.driver.fetch(statement, wanted)

    async def next_number(self) -> str:
        """A number that nobody gave out: gaps do not matter, waiting for each other would."""
        drawn = await self.tx.driver.fetchval("SELECT nextval($1)", order_numbers.name)
        return f"P-{drawn:06d}"

    async def add(self, order: Order) -> bool:
        """Keep a new order; False when its number is taken, perhaps where nobody here may look."""
        row = _order_row(order)
        done = await self.tx.driver.execute(_ADD, *(row[name] for name in _COLUMNS))
        return bool(done == "INSERT 0 1")

    async def move(self, *moved: Order) -> None:
        """Keep the state in which orders are now, and what belongs to it."""
        rows = [
            (each.id, each.state.value, each.confirmed_on, _decimal(each.missing), each.reason)
            for each in moved
        ]
        if rows:
            await self.tx.driver.execute(_MOVE, *zip(*rows, strict=True))

    async def add_delivery(self, order: Order, delivery: Delivery) -> None:
        """Keep a delivery of an order."""
        whole = delivery.goods.lines == order.goods.lines
        lines = None if whole else [_line_json(line) for line in delivery.goods.lines]
        await self.tx.execute(
            insert(deliveries).values(
                delivery=delivery.id,
                order_id=order.id,
                unit=order.unit,
                rep=order.rep,
                place=len(order.deliveries),
                delivered_on=delivery.delivered_on,
                due_on=delivery.due_on,
                net=delivery.goods.net.amount,
                gross=delivery.goods.gross.amount,
                lines=lines,
            )
        )

    async def add_return(self, order: Order, goods_return: GoodsReturn) -> None:
        """Keep what came back of an order."""
        await self.tx.execute(
            insert(goods_returns).values(
                goods_return=goods_return.id,
                delivery=goods_return.delivery,
                order_id=order.id,
                unit=order.unit,
                rep=order.rep,
                place=len(order.returns),
                returned_on=goods_return.returned_on,
                net=goods_return.goods.net.amount,
                gross=goods_return.goods.gross.amount,
                lines=[_line_json(line) for line in goods_return.goods.lines],
                reason=goods_return.reason,
            )
        )

    async def page(
        self,
        *,
        equal: Mapping[str, Any],
        units: Sequence[str] | None = None,
        after: Place | None = None,
        limit: int,
    ) -> list[Order]:
        """Orders, the newest first, without their deliveries.

        Args:
            equal: what a column has to be, by name; None asks nothing of it.
        """
        found = _rows()
        for name, value in equal.items():
            if value is not None:
                found = found.where(orders.c[name] == value)
        if units is not None:
            found = found.where(among(orders.c.unit, units))
        if after is not None:
            found = found.where(tuple_(orders.c.placed_on, orders.c.order_id) < after)
        newest = found.order_by(orders.c.placed_on.desc(), orders.c.order_id.desc())
        rows = (await self.tx.execute(newest.limit(limit))).mappings()
        return [_order(row) for row in rows]

    async def known(self, company: str, numbers: Sequence[str]) -> dict[str, Known]:
        """The orders of a company that have one of the numbers, by number."""
        statement = select(orders.c.number, orders.c.order_id, orders.c.digest)
        wanted = (orders.c.company == company) & among(orders.c.number, numbers)
        rows = await self.tx.execute(statement.where(wanted))
        return {row.number: Known(row.order_id, row.digest) for row in rows}

    async def _deliveries(self, order: UUID, ordered: Goods) -> tuple[Delivery, ...]:
        mine = select(deliveries).where(deliveries.c.order_id == order)
        rows = (await self.tx.execute(mine.order_by(deliveries.c.place))).mappings()
        return tuple(_delivery(row, ordered) for row in rows)

    async def _returns(self, order: UUID, currency: str) -> tuple[GoodsReturn, ...]:
        mine = select(goods_returns).where(goods_returns.c.order_id == order)
        rows = (await self.tx.execute(mine.order_by(goods_returns.c.place))).mappings()
        return tuple(_goods_return(row, currency) for row in rows)


def _rows() -> Select[Any]:
    return (
        select(
            orders,
            func.coalesce(cards.c.name, cards.c.number).label("customer_name"),
            people.c.name.label("rep_name"),
        )
        .outerjoin(cards, cards.c.customer == orders.c.customer)
        .outerjoin(people, people.c.person == orders.c.rep)
    )


def _order_row(order: Order) -> dict[str, Any]:
    row = {name: getattr(order, name) for name in _PLAIN}
    return row | {
        "order_id": order.id,
        "state": order.state.value,
        "currency": order.goods.net.currency,
        "net": order.goods.net.amount,
        "gross": order.goods.gross.amount,
        "missing": _decimal(order.missing),
        "lines": json.dumps([_line_json(line) for line in order.goods.lines]),
    }


def _parties(row: Row) -> Parties:
    customer = Counterpart(
        row["customer"],
        row["name"],
        row["company"],
        row["unit"],
        row["owner"],
        row["currency"],
        active=row["active"],
    )
    person = row["person"]
    seller = Person(person, row["person_company"], row["person_name"]) if person else None
    return Parties(customer, row["unit_company"], seller)


def _order(row: Row, **parts: Any) -> Order:
    plain = {name: row[name] for name in (*_PLAIN, "customer_name", "rep_name")}
    return Order(
        id=row["order_id"],
        state=State(row["state"]),
        goods=_goods_of(row),
        missing=None if row["missing"] is None else Money(row["missing"], row["currency"]),
        **plain,
        **parts,
    )


def _delivery(row: Row, ordered: Goods) -> Delivery:
    currency = ordered.net.currency
    lines = ordered.lines if row["lines"] is None else _lines(row["lines"], currency)
    goods = Goods(lines, Money(row["net"], currency), Money(row["gross"], currency))
    return Delivery(row["delivery"], row["delivered_on"], row["due_on"], goods)


def _goods_return(row: Row, currency: str) -> GoodsReturn:
    goods = _goods(row, currency)
    return GoodsReturn(
        row["goods_return"], row["delivery"], row["returned_on"], goods, row["reason"]
    )


def _goods_of(row: Row) -> Goods:
    return _goods(row, row["currency"])


def _goods(row: Row, currency: str) -> Goods:
    lines = _lines(row["lines"], currency)
    return Goods(lines, Money(row["net"], currency), Money(row["gross"], currency))


def _lines(lines: str | Sequence[Mapping[str, Any]], currency: str) -> tuple[Line, ...]:
    """The lines of a document; the driver by itself leaves JSON as text."""
    read = json.loads(lines) if isinstance(lines, str) else lines
    return tuple(_line(line, currency) for line in read)


def _line(line: Mapping[str, Any], currency: str) -> Line:
    rate = line.get("tax_rate")
    return Line(
        number=line["number"],
        product=line["product"],
        description=line.get("description", ""),
        quantity=Decimal(line["quantity"]),
        net=Money(Decimal(line["net"]), currency),
        gross=_amount(line.get("gross"), currency),
        unit_price=_amount(line.get("unit_price"), currency),
        tax_rate=None if rate is None else Decimal(rate),
    )


def _amount(amount: str | None, currency: str) -> Money | None:
    return None if amount is None else Money(Decimal(amount), currency)


def _decimal(money: Money | None) -> Decimal | None:
    return None if money is None else money.amount


def _text(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


def _line_json(line: Line) -> dict[str, Any]:
    """A line as it lies with its document: what is unknown or empty is left out."""
    known = {
        "number": line.number,
        "product": line.product,
        "description": line.description or None,
        "quantity": str(line.quantity),
        "net": str(line.net.amount),
        "gross": _text(_decimal(line.gross)),
        "unit_price": _text(_decimal(line.unit_price)),
        "tax_rate": _text(line.tax_rate),
    }
    return {name: value for name, value in known.items() if value is not None}
