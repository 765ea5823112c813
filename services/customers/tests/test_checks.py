from __future__ import annotations

import pytest
from sqlalchemy import text

from contracts.customers.imports import ImportCustomers, ImportOrders
from customers.checks import documents_and_words

from .conftest import Customers, asks

ANALYST = asks("analyst")
PLANTED = {
    "UPDATE deliveries SET net = net - 0.01": "order 1 is delivered, but",
    "UPDATE orders SET state = 'confirmed'": "order 1 has deliveries, but",
    "DELETE FROM card_words": "customer 1 cannot be found",
    "UPDATE card_words SET unit = 'gdl'": "customer 1 has words of another",
    "INSERT INTO goods_returns SELECT gen_random_uuid(), delivery, order_id, unit, rep, 0,"
    " delivered_on, net + 1, gross, '[]' FROM deliveries": "more came back of order 1",
}


@pytest.fixture
async def imported(customers: Customers) -> Customers:
    amount = {"amount": "10.1234", "currency": "MXN"}
    order = {
        "key": "1",
        "customer": "1",
        "placed_on": "2026-03-02",
        "delivered_on": "2026-03-02",
        "due_on": "2026-03-03",
        "net": amount,
        "gross": amount,
        "lines": [{"number": 1, "product": "A", "quantity": "1", "net": "10.1234"}],
    }
    card = {"key": "1", "kind": "company", "name": "Peña"}
    company = {"company": "refacciones"}
    await customers.ask(ImportCustomers(**company, currency="MXN", records=[card]), ANALYST)
    await customers.ask(ImportOrders(**company, records=[order]), ANALYST)
    return customers


async def test_what_was_imported_and_registered_agrees(imported: Customers):
    await imported.register()
    async with imported.database.working("test") as tx:
        assert await documents_and_words(tx) == []


@pytest.mark.parametrize(("fault", "found"), PLANTED.items())
async def test_a_planted_fault_is_found(imported: Customers, fault: str, found: str):
    async with imported.database.working("test") as tx:
        await tx.execute(text(fault))
        [violation] = await documents_and_words(tx)
    assert violation.startswith(found)
