from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from contracts.customers.imports import ImportCustomers, ImportOrders
from contracts.customers.order_delivered import OrderDeliveredV1
from contracts.customers.orders import GetOrder, ReturnOrder
from kernel.ids import imported_id
from kernel.money import Money

from ..conftest import Customers, asks

ANALYST = asks("analyst")
COMPANY = "refacciones"


def mxn(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "MXN"}


def record(key: str = "43659", **more: Any) -> dict[str, Any]:
    return {
        "key": key,
        "customer": "29825",
        "placed_on": date(2011, 5, 31),
        "delivered_on": date(2011, 5, 31),
        "due_on": date(2011, 6, 12),
        "net": mxn("20565.6206"),
        "gross": mxn("23153.2339"),
        "lines": [
            {"number": 1, "product": "776", "quantity": "1", "net": "2024.9940"},
            {"number": 2, "product": "777", "quantity": "3", "net": "6074.9820"},
        ],
        **more,
    }


@pytest.fixture
async def imported(customers: Customers) -> Customers:
    cards = [{"key": "29825", "kind": "company", "name": "Talleres Peña"}]
    await customers.ask(ImportCustomers(company=COMPANY, currency="MXN", records=cards), ANALYST)
    return customers


async def bring(customers: Customers, *records: dict[str, Any]) -> Any:
    return await customers.ask(ImportOrders(company=COMPANY, records=records), ANALYST)


async def told(customers: Customers) -> list[Any]:
    return [row for row in await customers.told() if ".order-" in row.type]


async def test_a_delivered_order_says_all_in_one_event_of_history(imported: Customers):
    answer = await bring(imported, record())
    assert (answer.added, answer.refused) == (1, [])
    [row] = await told(imported)
    event = OrderDeliveredV1.model_validate(row.body)
    assert row.type == "customers.order-delivered.v1"
    assert row.headers["ce-origin"] == "import"
    assert event.order == imported_id(COMPANY, "order", "43659")
    assert event.delivery == imported_id(COMPANY, "delivery", "43659")
    assert event.net == Money.of("20565.6206", "MXN")
    assert (event.unit, event.number, event.complete) == (COMPANY, "43659", True)


async def test_an_open_order_comes_in_as_confirmed(imported: Customers):
    await bring(imported, record(delivered_on=None))
    [row] = await told(imported)
    assert row.type == "customers.order-confirmed.v1"


async def test_the_same_rows_again_change_and_tell_nothing(imported: Customers):
    await bring(imported, record("1"), record("2"))
    again = await bring(imported, record("1"), record("2"), record("3"), record("3"))
    assert (again.added, again.unchanged, again.changed) == (1, 3, 0)
    assert len(await told(imported)) == 3


async def test_a_changed_order_is_refused_and_stays(imported: Customers):
    await bring(imported, record())
    answer = await bring(imported, record(net=mxn("1")))
    [refused] = answer.refused
    assert (refused.code, refused.index, refused.key) == ("imports.order-differs", 0, "43659")
    assert "43659" in refused.detail
    order = await imported.ask(GetOrder(order=imported_id(COMPANY, "order", "43659")))
    assert order.net == Money.of("20565.6206", "MXN")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"customer": "nobody"}, "imports.unknown-customer"),
        ({"unit": "nowhere"}, "imports.unknown-unit"),
        ({"rep": "nobody"}, "imports.unknown-rep"),
        ({"net": {"amount": "1", "currency": "USD"}}, "imports.wrong-currency"),
    ],
)
async def test_a_row_with_a_fault_is_left_out_and_the_others_are_taken(
    imported: Customers, wrong: dict[str, Any], code: str
):
    answer = await bring(imported, record("1"), record("2", **wrong), record("3"))
    assert answer.added == 2
    assert [(each.index, each.key, each.code) for each in answer.refused] == [(1, "2", code)]
    assert [row.body["number"] for row in await told(imported)] == ["1", "3"]


async def test_a_number_that_was_given_to_a_live_order_is_taken(imported: Customers):
    await imported.place(number="43659", customer=imported_id(COMPANY, "customer", "29825"))
    answer = await bring(imported, record())
    assert [each.code for each in answer.refused] == ["imports.number-taken"]


async def test_imported_goods_come_back_to_the_last_decimal(imported: Customers):
    await bring(imported, record())
    order = imported_id(COMPANY, "order", "43659")
    part = await imported.ask(ReturnOrder(order=order, lines=[{"number": 2, "quantity": "1"}]))
    assert part.returns[0].net == Money.of("2024.99", "MXN")
    rest = await imported.ask(ReturnOrder(order=order))
    assert rest.state == "returned"
    assert Money.total((back.gross for back in rest.returns), "MXN") == rest.gross


async def test_an_importer_brings_nothing_into_a_unit_out_of_scope(imported: Customers):
    asked = ImportOrders(company=COMPANY, records=[record(unit=None)])
    answer = await imported.ask(asked, asks("analyst", units=("mty",)))
    assert [each.code for each in answer.refused] == ["imports.unknown-customer"]
    async with imported.database.working("test") as tx:
        assert (await tx.execute(text("SELECT count(*) FROM orders"))).scalar() == 0
