"""Orders on the bus."""

from __future__ import annotations

from decimal import Decimal

from contracts.customers import orders as contract
from contracts.customers.imports import ImportOrders
from contracts.imports import ImportAnswer
from customers.orders import commands, queries, rules
from customers.orders.events import lines_on_wire
from customers.orders.imports import import_orders
from customers.orders.model import Delivery, GoodsReturn, Line, Order
from kernel import clock
from kernel.database import Transaction
from kernel.operations import Page
from kernel.rpc import Operations
from kernel.scope import Principal

operations = Operations(
    status={
        rules.UnknownCustomer: 404,
        rules.UnknownUnit: 404,
        rules.UnknownRep: 404,
        rules.UnknownLine: 404,
        rules.UnknownDelivery: 404,
        rules.RepIsNotYou: 403,
        rules.QuantityNotPositive: 422,
        rules.PriceNegative: 422,
        rules.WrongCurrency: 422,
        rules.LineTwice: 422,
        rules.WhichDelivery: 422,
    }
)


@operations.command(contract.PlaceOrder)
async def place_order(
    tx: Transaction, asked: contract.PlaceOrder, who: Principal
) -> contract.Order:
    """A new order."""
    return _order(await commands.place(tx, asked, who, today=clock.today()))


@operations.command(contract.CancelOrder)
async def cancel_order(
    tx: Transaction, asked: contract.CancelOrder, who: Principal
) -> contract.Order:
    """An order given up."""
    return _order(await commands.cancel(tx, asked))


@operations.command(contract.DeliverOrder)
async def deliver_order(
    tx: Transaction, asked: contract.DeliverOrder, who: Principal
) -> contract.Order:
    """All or some of an order handed over."""
    return _order(await commands.deliver(tx, asked, today=clock.today()))


@operations.command(contract.ReturnOrder)
async def return_order(
    tx: Transaction, asked: contract.ReturnOrder, who: Principal
) -> contract.Order:
    """All or some of a delivery taken back."""
    return _order(await commands.take_back(tx, asked, today=clock.today()))


@operations.question(contract.GetOrder)
async def get_order(tx: Transaction, asked: contract.GetOrder, who: Principal) -> contract.Order:
    """One order."""
    return _order(await queries.get_order(tx, asked.order))


@operations.question(contract.ListOrders)
async def list_orders(
    tx: Transaction, asked: contract.ListOrders, who: Principal
) -> Page[contract.OrderRow]:
    """A page of orders."""
    page, following = await queries.list_orders(tx, asked)
    return Page[contract.OrderRow](items=[_row(order) for order in page], next=following)


@operations.command(ImportOrders)
async def import_batch(tx: Transaction, asked: ImportOrders, who: Principal) -> ImportAnswer:
    """A batch of orders from another system."""
    return await import_orders(tx, asked, who)


def _row(order: Order) -> contract.OrderRow:
    return contract.OrderRow(
        order=order.id,
        number=order.number,
        customer=order.customer,
        customer_name=order.customer_name,
        company=order.company,
        unit=order.unit,
        rep=order.rep,
        rep_name=order.rep_name,
        state=order.state.value,
        placed_on=order.placed_on,
        net=order.goods.net,
        gross=order.goods.gross,
        missing=order.missing,
    )


def _order(order: Order) -> contract.Order:
    delivered = rules.quantities([each.goods for each in order.deliveries])
    returned = rules.quantities([each.goods for each in order.returns])
    nothing = Decimal(0)
    return contract.Order(
        **dict(_row(order)),
        origin=order.origin,
        confirmed_on=order.confirmed_on,
        terms_days=order.terms_days,
        order_class=order.order_class,
        reason=order.reason,
        lines=[
            _line(line, delivered.get(line.number, nothing), returned.get(line.number, nothing))
            for line in order.goods.lines
        ],
        deliveries=[_delivery(delivery) for delivery in order.deliveries],
        returns=[_goods_return(each) for each in order.returns],
    )


def _line(line: Line, delivered: Decimal, returned: Decimal) -> contract.OrderLine:
    return contract.OrderLine(
        number=line.number,
        product=line.product,
        description=line.description,
        quantity=line.quantity,
        unit_price=line.unit_price,
        tax_rate=line.tax_rate,
        net=line.net,
        gross=line.gross,
        delivered=delivered,
        returned=returned,
    )


def _delivery(delivery: Delivery) -> contract.Delivery:
    return contract.Delivery(
        delivery=delivery.id,
        delivered_on=delivery.delivered_on,
        due_on=delivery.due_on,
        net=delivery.goods.net,
        gross=delivery.goods.gross,
        lines=lines_on_wire(delivery.goods),
    )


def _goods_return(back: GoodsReturn) -> contract.GoodsReturn:
    return contract.GoodsReturn(
        goods_return=back.id,
        delivery=back.delivery,
        returned_on=back.returned_on,
        net=back.goods.net,
        gross=back.goods.gross,
        lines=lines_on_wire(back.goods),
        reason=back.reason,
    )
