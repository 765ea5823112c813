from __future__ import annotations

from typing import Any

from contracts.customers.cards import ChangeCustomer, GetCustomer, ListCustomers
from contracts.customers.imports import ImportCustomers
from contracts.imports import ImportAnswer
from kernel.ids import imported_id

from ..conftest import Customers, asks

ANALYST = asks("analyst")
COMPANY = "refacciones"


def record(key: str, name: str = "Talleres Peña", **more: Any) -> dict[str, Any]:
    return {"key": key, "kind": "company", "name": name, **more}


async def bring(customers: Customers, *records: dict[str, Any]) -> ImportAnswer:
    asked = ImportCustomers(company=COMPANY, currency="MXN", records=records)
    return await customers.ask(asked, ANALYST)


async def names(customers: Customers, search: str | None = None) -> list[str]:
    page = await customers.ask(ListCustomers(search=search))
    return [row.name for row in page.items]


async def test_cards_come_with_contacts_and_are_found(customers: Customers):
    contact = {"key": "c1", "name": "Zoé Ávila", "job": "Compras"}
    answer = await bring(customers, record("1", contacts=[contact]), record("2", " Núñez "))
    assert (answer.added, answer.refused) == (2, [])
    card = await customers.ask(GetCustomer(customer=imported_id(COMPANY, "customer", "1")))
    assert (card.number, card.unit, card.currency) == ("1", COMPANY, "MXN")
    assert [each.name for each in card.contacts] == ["Zoé Ávila"]
    assert await names(customers, "nunez") == ["Núñez"]
    assert {row.headers["ce-origin"] for row in await customers.told()} == {"import"}


async def test_the_same_rows_again_change_and_tell_nothing(customers: Customers):
    await bring(customers, record("1"), record("2"))
    again = await bring(customers, record("1"), record("2"))
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
    assert len(await customers.told()) == 2


async def test_a_changed_row_changes_the_card(customers: Customers):
    await bring(customers, record("1", contacts=[{"key": "c", "name": "Eva"}]))
    answer = await bring(customers, record("1", "Núñez"), record("2"))
    assert (answer.added, answer.changed) == (1, 1)
    assert await names(customers, "nunez") == ["Núñez"]
    assert await names(customers, "talleres") == ["Talleres Peña"]
    card = await customers.ask(GetCustomer(customer=imported_id(COMPANY, "customer", "1")))
    assert card.contacts == []


async def test_what_was_changed_here_stays_when_the_old_row_comes_again(customers: Customers):
    await bring(customers, record("1"))
    customer = imported_id(COMPANY, "customer", "1")
    await customers.ask(ChangeCustomer(customer=customer, name="Peña Hermanos"))
    assert (await bring(customers, record("1"))).unchanged == 1
    assert await names(customers) == ["Peña Hermanos"]


async def test_a_key_twice_in_a_batch_is_the_last_one(customers: Customers):
    answer = await bring(customers, record("1"), record("1", "Núñez"))
    assert (answer.added, answer.changed) == (1, 1)
    assert await names(customers) == ["Núñez"]
    assert len(await customers.told()) == 1


async def test_a_row_with_a_fault_is_left_out_and_the_others_are_taken(customers: Customers):
    await customers.register(number="4")
    answer = await bring(
        customers,
        record("1"),
        record("2", unit="nowhere"),
        record("3", owner="nobody"),
        record("4"),
    )
    assert answer.added == 1
    assert [each.code for each in answer.refused] == [
        "imports.unknown-unit",
        "imports.unknown-rep",
        "imports.number-taken",
    ]
