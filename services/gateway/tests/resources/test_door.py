from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

from contracts.billing.limits import GetCredit
from contracts.customers.cards import Card, CardRow, GetCustomer, ListCustomers, RegisterCustomer
from contracts.imports import ImportAnswer
from contracts.targets.imports import ImportUnits
from kernel.operations import Page
from kernel.problems import NotFound

from ..conftest import ANA, Gateway

CUSTOMER = UUID(int=7)
MTY = {"mty", "mty-7"}


def card(**more: object) -> Card:
    known = {
        "customer": CUSTOMER,
        "number": "C-7",
        "kind": "company",
        "name": "Peña",
        "company": "acme",
        "unit": "mty",
        "unit_name": "Monterrey",
        "owner": ANA,
        "owner_name": "Ana",
        "currency": "MXN",
    }
    return Card.model_validate(known | more)


async def one_card(tx: Any, asked: Any, who: Any):
    """A customer of Monterrey: the database of customers would say the same."""
    if asked.customer != CUSTOMER or "mty" not in who.units:
        raise NotFound("customer", str(asked.customer))
    return card()


async def test_a_customer_of_another_branch_is_not_there(
    gateway: Gateway, stand_in: Any, other_database: Any
):
    near = await gateway.user("ana", ("manager", "mty"))
    far = await gateway.user("ben", ("manager", "gdl"))
    async with stand_in("customers", other_database, {GetCustomer: one_card}):
        async with gateway.client(near) as ana, gateway.client(far) as ben:
            seen = await ana.get(f"/api/v1/customers/{CUSTOMER}")
            hidden = await ben.get(f"/api/v1/customers/{CUSTOMER}")
            absent = await ben.get(f"/api/v1/customers/{uuid4()}")
    assert seen.status_code == 200
    assert seen.json()["name"] == "Peña"
    assert hidden.status_code == absent.status_code == 404
    assert hidden.json()["code"] == absent.json()["code"] == "request.not-found"
    assert hidden.json().keys() == absent.json().keys()


async def test_the_service_sees_who_asks_and_in_what_scope(
    gateway: Gateway, stand_in: Any, other_database: Any
):
    seen = []

    async def list_customers(tx: Any, asked: Any, who: Any):
        seen.append((asked, who))
        return Page[CardRow](items=[], next="opaque")

    token = await gateway.user("ana", ("rep", "mty"), person=ANA)
    async with stand_in("customers", other_database, {ListCustomers: list_customers}):
        async with gateway.client(token, **{"Accept-Language": "en"}) as ana:
            answer = await ana.get("/api/v1/customers", params={"search": "peña", "limit": "7"})
    assert answer.json() == {"items": [], "next": "opaque"}
    (asked, who) = seen[0]
    assert (asked.search, asked.limit) == ("peña", 7)
    assert (who.person, who.own_only, who.locale) == (ANA, True, "en")
    assert set(who.units) == MTY
    assert who.grants == (("rep", "mty"),)


async def test_a_command_sent_twice_under_one_key_is_done_once(
    gateway: Gateway, stand_in: Any, other_database: Any
):
    done = []

    async def register(tx: Any, asked: Any, who: Any):
        done.append(asked.name)
        return card(name=asked.name)

    body = {"name": "Peña", "unit": "mty"}
    key = {"Idempotency-Key": "k-1"}
    async with stand_in("customers", other_database, {RegisterCustomer: register}):
        async with gateway.client() as admin:
            first = await admin.post("/api/v1/customers", json=body, headers=key)
            again = await admin.post("/api/v1/customers", json=body, headers=key)
            differs = await admin.post("/api/v1/customers", json=body | {"name": "X"}, headers=key)
            without = await admin.post("/api/v1/customers", json=body)
            too_long = await admin.post(
                "/api/v1/customers", json=body, headers={"Idempotency-Key": "k" * 201}
            )
    assert first.status_code == again.status_code == without.status_code == 201
    assert first.json() == again.json()
    assert differs.json()["code"] == "request.key-used-differently"
    assert too_long.status_code == 422
    assert done == ["Peña", "Peña"]


async def test_a_malformed_body_names_its_fields(
    gateway: Gateway, stand_in: Any, other_database: Any
):
    async def register(tx: Any, asked: Any, who: Any):
        raise AssertionError

    async with stand_in("customers", other_database, {RegisterCustomer: register}):
        async with gateway.client() as admin:
            answer = await admin.post("/api/v1/customers", json={"unit": "mty", "nmae": "x"})
            nothing = await admin.post("/api/v1/customers", content=b"")
            garbage = await admin.post("/api/v1/customers", content=b"\xff\x00{")
            query = await admin.post("/api/v1/customers?unit=mty", json={"name": "x"})
    assert {answer.status_code, nothing.status_code, garbage.status_code} == {422}
    assert query.json()["code"] == "request.malformed"
    named = {error["field"] for error in answer.json()["errors"]}
    assert named == {"name", "nmae"}


async def test_a_service_that_is_down_is_said_and_the_others_go_on(
    gateway: Gateway, stand_in: Any, other_database: Any
):
    async with stand_in("customers", other_database, {GetCustomer: one_card}):
        async with gateway.client(**{"Accept-Language": "en"}) as admin:
            down = await admin.get(f"/api/v1/customers/{CUSTOMER}/credit")
            up = await admin.get(f"/api/v1/customers/{CUSTOMER}")
    assert down.status_code == 503
    assert down.json()["code"] == "request.unavailable"
    assert down.json()["service"] == "billing"
    assert up.status_code == 200


async def test_a_service_that_is_late_is_not_waited_for(
    gateway: Gateway, stand_in: Any, other_database: Any
):
    async def slow(tx: Any, asked: Any, who: Any):
        await asyncio.sleep(5)
        raise AssertionError

    async with stand_in("billing", other_database, {GetCredit: slow}):
        async with gateway.client(**{"Request-Timeout": "0.2"}) as admin:
            late = await admin.get(f"/api/v1/customers/{CUSTOMER}/credit")
        async with gateway.client(**{"Request-Timeout": "soon"}) as admin:
            wrong = await admin.get(f"/api/v1/customers/{CUSTOMER}/credit")
    assert late.status_code == 504
    assert late.json()["code"] == "request.too-late"
    assert wrong.status_code == 422


async def test_batches_go_by_the_name_of_their_operation(
    gateway: Gateway, stand_in: Any, other_database: Any
):
    async def import_units(tx: Any, asked: Any, who: Any):
        return ImportAnswer(added=len(asked.records))

    record = {"key": "A", "name": "A" * 1000, "level": "branch", "active_from": "2011-01-01"}
    large = {"company": "acme", "records": [record] * 3000}
    async with stand_in("targets", other_database, {ImportUnits: import_units}):
        async with gateway.client() as admin:
            answer = await admin.post("/api/v1/batches/targets.import-units", json=large)
            unknown = await admin.post("/api/v1/batches/targets.drop-everything", json=large)
    assert answer.json()["added"] == 3000
    assert unknown.status_code == 404


async def test_commands_are_written_into_the_audit_trail(
    gateway: Gateway, stand_in: Any, other_database: Any
):
    from sqlalchemy import text

    await gateway.user("ana", ("manager", "mty"))
    for _ in range(100):
        async with gateway.program.database.working("test") as tx:
            rows = await tx.execute(
                text("SELECT operation, path, status, address, mark FROM audit")
            )
            found = [tuple(row) for row in rows]
        if found:
            break
        await asyncio.sleep(0.05)
    assert found[0][:4] == ("gateway.put-user", "/api/v1/users/ana", 200, "127.0.0.1")
    assert found[0][4].startswith("gateway:")


async def test_an_answer_may_be_asked_for_after_a_command(
    gateway: Gateway, stand_in: Any, other_database: Any
):
    async with gateway.client() as admin:
        body = {
            "name": "Ana",
            "password": "una frase larga",
            "grants": [{"role": "rep", "unit": "mty"}],
        }
        put = await admin.put("/api/v1/users/ana", json=body)
        mark = put.headers["gerencia-mark"]
        after = {"Gerencia-After": mark}
        async with stand_in("customers", other_database, {GetCustomer: one_card}):
            answer = await admin.get(f"/api/v1/customers/{CUSTOMER}", headers=after)
            wrong = await admin.get(
                f"/api/v1/customers/{CUSTOMER}", headers={"Gerencia-After": "nonsense"}
            )
    assert answer.status_code == 200, answer.text
    assert wrong.status_code == 422


async def test_what_is_remembered_of_a_user_ends_with_the_change(gateway: Gateway):
    token = await gateway.user("ana", ("manager", "mty"))
    async with gateway.client(token) as ana:
        assert (await ana.get("/api/v1/me")).json()["units"] == ["mty", "mty-7"]
        await gateway.user("ana", ("manager", "gdl"))
        assert (await ana.get("/api/v1/me")).json()["units"] == ["gdl"]
