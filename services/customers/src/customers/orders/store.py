"""How orders are kept and listed.

Lines lie with their document as JSON: they are always read and written together with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from customers.orders.model import Delivery, Goods, GoodsReturn, Line, Order, State
from customers.tables import (
    among,
    cards,
    deliveries,
    goods_returns,
    order_numbers,
    orders,
    people,
)
from kernel.database import Transaction
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
)


@dataclass(frozen=True, slots=True)
class Known:
    """An order that has a number already, and the digest of the record that it came from."""

    order: UUID
    digest: bytes | None


class Orders:
    """Orders with their deliveries and returns."""

    def __init__(self, tx: Transaction) -> None:
        self.tx = tx

    async def get(self, order: UUID, *, lock: bool = False) -> Order | None:
        """An order that the asking person may see; locked, nobody else changes it meanwhile."""
        statement = _rows().where(orders.c.order_id == order)
        if lock:
            statement = statement.with_for_update(of=orders)
        row = (await self.tx.execute(statement)).one_or_none()
        if row is None or row.state in _WITHOUT_DELIVERIES:
            return row and _order(row)
        goods = _goods(row.lines, row.net, row.gross, row.currency)
        return _order(
            row,
            deliveries=await self._deliveries(order, goods),
            returns=await self._returns(order, row.currency),
        )

    async def next_number(self) -> str:
        """A number that nobody gave out: gaps do not matter, waiting for each other would."""
        drawn = await self.tx.execute(select(func.nextval(order_numbers.name)))
        return f"P-{drawn.scalar_one():06d}"

    async def add(self, order: Order) -> bool:
        """Keep a new order; False when its number is taken, perhaps where nobody here may look."""
        statement = insert(orders).values(_order_row(order)).on_conflict_do_nothing()
        return (await self.tx.execute(statement)).rowcount == 1

    async def move(self, order: Order) -> None:
        """Keep the state in which an order is now, and what belongs to it."""
        statement = update(orders).where(orders.c.order_id == order.id)
        await self.tx.execute(
            statement.values(
                state=order.state.value,
                confirmed_on=order.confirmed_on,
                missing=_decimal(order.missing),
                reason=order.reason,
            )
        )

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
        return [_order(row) for row in await self.tx.execute(newest.limit(limit))]

    async def known(self, company: str, numbers: Sequence[str]) -> dict[str, Known]:
        """The orders of a company that have one of the numbers, by number."""
        statement = select(orders.c.number, orders.c.order_id, orders.c.digest)
        wanted = (orders.c.company == company) & among(orders.c.number, numbers)
        rows = await self.tx.execute(statement.where(wanted))
        return {row.number: Known(row.order_id, row.digest) for row in rows}

    async def _deliveries(self, order: UUID, ordered: Goods) -> tuple[Delivery, ...]:
        mine = select(deliveries).where(deliveries.c.order_id == order)
        rows = await self.tx.execute(mine.order_by(deliveries.c.place))
        return tuple(_delivery(row, ordered) for row in rows)

    async def _returns(self, order: UUID, currency: str) -> tuple[GoodsReturn, ...]:
        mine = select(goods_returns).where(goods_returns.c.order_id == order)
        rows = await self.tx.execute(mine.order_by(goods_returns.c.place))
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
        "lines": [_line_json(line) for line in order.goods.lines],
    }


def _order(row: Row[Any], **parts: Any) -> Order:
    plain = {name: getattr(row, name) for name in (*_PLAIN, "customer_name", "rep_name")}
    return Order(
        id=row.order_id,
        state=State(row.state),
        goods=_goods(row.lines, row.net, row.gross, row.currency),
        missing=None if row.missing is None else Money(row.missing, row.currency),
        **plain,
        **parts,
    )


def _delivery(row: Row[Any], ordered: Goods) -> Delivery:
    currency = ordered.net.currency
    lines = ordered.lines if row.lines is None else _lines(row.lines, currency)
    goods = Goods(lines, Money(row.net, currency), Money(row.gross, currency))
    return Delivery(row.delivery, row.delivered_on, row.due_on, goods)


def _goods_return(row: Row[Any], currency: str) -> GoodsReturn:
    goods = _goods(row.lines, row.net, row.gross, currency)
    return GoodsReturn(row.goods_return, row.delivery, row.returned_on, goods, row.reason)


def _goods(
    lines: Sequence[Mapping[str, Any]], net: Decimal, gross: Decimal, currency: str
) -> Goods:
    return Goods(_lines(lines, currency), Money(net, currency), Money(gross, currency))


def _lines(lines: Sequence[Mapping[str, Any]], currency: str) -> tuple[Line, ...]:
    return tuple(_line(line, currency) for line in lines)


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
