from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from contracts.billing.exposure import HeldOrders, ListHeldOrders
from contracts.customers.cards import Card, GetCustomer
from contracts.customers.orders import ListOrders, OrderRow
from kernel.operations import Page
from kernel.problems import NotFound

from ..conftest import Gateway

CUSTOMER = UUID(int=7)
CARD = Card.model_validate(
    {
        "customer": CUSTOMER,
        "number": "C-7",
        "kind": "company",
        "name": "Peña",
        "company": "acme",
        "unit": "mty",
        "unit_name": "Monterrey",
        "owner": None,
        "owner_name": None,
        "currency": "MXN",
    }
)


async def the_card(tx: Any, asked: GetCustomer, who: Any) -> Card:
    if asked.customer != CUSTOMER:
        raise NotFound("customer", str(asked.customer))
    return CARD


async def no_orders(tx: Any, asked: ListOrders, who: Any) -> Page[OrderRow]:
    return Page[OrderRow](items=[])


async def test_a_part_whose_service_is_down_is_missing_with_its_reason(
    gateway: Gateway, stand_in: Any, other_database: Any
):
    answers = {GetCustomer: the_card, ListOrders: no_orders}
    async with stand_in("customers", other_database, answers), gateway.client() as admin:
        view = (await admin.get(f"/api/v1/views/customer/{CUSTOMER}")).json()
    assert view["profile"]["state"] == view["orders"]["state"] == "present"
    assert view["profile"]["value"]["name"] == "Peña"
    assert view["orders"]["value"] == {"items": [], "next": None}
    assert view["credit"]["state"] == "missing"
    assert view["credit"]["reason"]["code"] == "request.unavailable"
    assert "value" not in view["credit"]


async def test_without_the_profile_there_is_no_view(
    gateway: Gateway, stand_in: Any, other_database: Any
):
    async with stand_in("customers", other_database, {GetCustomer: the_card}):
        async with gateway.client() as admin:
            unknown = await admin.get(f"/api/v1/views/customer/{UUID(int=8)}")
    async with gateway.client() as admin:
        down = await admin.get(f"/api/v1/views/customer/{CUSTOMER}")
    assert unknown.status_code == 404
    assert unknown.headers["content-type"] == "application/problem+json"
    assert down.status_code == 503


async def test_a_part_that_was_seen_before_is_shown_as_old_with_its_age(
    gateway: Gateway, stand_in: Any, other_database: Any
):
    async def held(tx: Any, asked: ListHeldOrders, who: Any) -> HeldOrders:
        return HeldOrders(items=[])

    async with gateway.client() as admin:
        async with stand_in("billing", other_database, {ListHeldOrders: held}):
            before = await admin.get("/api/v1/views/cockpit", params={"unit": "mty"})
        await asyncio.sleep(0.1)
        after = (await admin.get("/api/v1/views/cockpit", params={"unit": "mty"})).json()
    assert before.json()["held_orders"]["state"] == "present"
    assert after["held_orders"]["state"] == "old"
    assert after["held_orders"]["value"] == {"items": [], "next": None}
    assert after["held_orders"]["age_seconds"] >= 0.1
    assert after["held_orders"]["reason"]["code"] == "request.unavailable"


async def test_a_part_that_is_late_is_not_waited_for(
    gateway: Gateway, stand_in: Any, other_database: Any
):
    async def never(tx: Any, asked: ListHeldOrders, who: Any) -> HeldOrders:
        await asyncio.sleep(10)
        raise AssertionError

    async with stand_in("billing", other_database, {ListHeldOrders: never}):
        async with gateway.client() as admin:
            view = (await admin.get("/api/v1/views/cockpit", params={"unit": "mty"})).json()
    assert view["held_orders"]["state"] == "missing"
    assert view["held_orders"]["reason"]["code"] == "request.too-late"


async def test_a_cockpit_is_of_ones_own_unit_and_of_no_other(gateway: Gateway):
    token = await gateway.user("ana", ("manager", "mty"))
    async with gateway.client(token) as ana:
        own = await ana.get("/api/v1/views/cockpit")
        other = await ana.get("/api/v1/views/cockpit", params={"unit": "gdl"})
        unknown = await ana.get("/api/v1/views/cockpit", params={"unit": "nowhere"})
    assert own.status_code == 200
    parts = {"summary", "held_orders", "approvals", "ageing", "notifications"}
    assert set(own.json()) == parts
    assert other.status_code == unknown.status_code == 404
    assert other.json()["code"] == unknown.json()["code"] == "request.not-found"


async def test_the_day_is_there_even_when_nobody_answers(gateway: Gateway):
    async with gateway.client() as admin:
        view = await admin.get("/api/v1/views/day")
        wrong = await admin.get("/api/v1/views/day", params={"on": "2026-02-30"})
    assert view.status_code == 200
    assert {part["state"] for part in view.json().values()} == {"missing"}
    assert wrong.status_code == 422
