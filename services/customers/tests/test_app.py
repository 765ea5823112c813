from __future__ import annotations

import pytest

from contracts.customers.cards import RegisterCustomer
from contracts.customers.orders import GetOrder, PlaceOrder
from customers.app import SERVICE
from gerencia.testing import Running
from kernel.client import RemoteProblem

from .conftest import EVERYTHING, LINES, Customers, asks


async def test_an_order_is_placed_once_over_the_bus(customers: Customers, running: Running):
    async with running(SERVICE, customers.database) as program:
        registered = await program.client.send(
            RegisterCustomer(name="Talleres Peña", unit="mty"), EVERYTHING, key="card"
        )
        place = PlaceOrder(customer=registered.value.customer, number="P-7", lines=LINES)
        first = await program.client.send(place, EVERYTHING, key="order")
        again = await program.client.send(place, EVERYTHING, key="order")
        assert again == first
        assert first.mark is not None
        order = await program.client.ask(
            GetOrder(order=first.value.order), EVERYTHING, after=first.mark
        )
        assert order == first.value
        with pytest.raises(RemoteProblem) as refused:
            await program.client.send(place, EVERYTHING, key="another")
    assert (refused.value.status, refused.value.code) == (409, "orders.duplicate-number")
    assert refused.value.problem["type"] == "/problems/orders.duplicate-number"
    assert "P-7" in refused.value.problem["detail"]
    assert len([row for row in await customers.told() if "order" in row.type]) == 1


async def test_a_price_that_is_too_fine_and_a_role_that_is_too_small_are_refused(
    customers: Customers, running: Running
):
    card = await customers.register()
    price = {"amount": "1.005", "currency": "MXN"}
    place = PlaceOrder(customer=card.customer, lines=[LINES[0] | {"unit_price": price}])
    async with running(SERVICE, customers.database) as program:
        with pytest.raises(RemoteProblem) as too_fine:
            await program.client.send(place, EVERYTHING, key="1")
        with pytest.raises(RemoteProblem) as too_small:
            await program.client.send(place, asks("analyst"), key="2")
    assert (too_fine.value.status, too_fine.value.code) == (422, "money.too-many-decimals")
    assert (too_small.value.status, too_small.value.code) == (403, "access.not-your-role")
