from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx

from .conftest import DAY, Company, done, until


def mxn(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "MXN"}


def order_of(customer: str, pieces: int) -> dict[str, Any]:
    """So many pieces at 1,000 each, with 16 % tax."""
    line = {
        "product": "P-1",
        "quantity": str(pieces),
        "unit_price": mxn("1000"),
        "tax_rate": "0.16",
    }
    return {"customer": customer, "lines": [line]}


async def customer_with_limit(company: Company, limit: str) -> str:
    card = await done(
        company["ana"].post("/customers", json={"name": "Talleres Peña", "unit": "mty"})
    )
    await company.settled()
    path = f"/customers/{card['customer']}/credit/limit"
    await done(company["eva"].put(path, json={"limit": mxn(limit), "reason": "buena paga"}))
    return str(card["customer"])


async def state_of(company: Company, order: str, state: str) -> Any:
    async def ask() -> Any:
        return await done(company["ana"].get(f"/orders/{order}"))

    return await until(ask, lambda seen: seen["state"] == state)


async def plan_for_ana(company: Company, target: str, rate: str) -> None:
    ana = str(company.people["ana"])
    quota = {"person": ana, "period_start": DAY, "target": mxn(target)}
    await done(company["eva"].post("/quotas", json=quota))
    plan = {"person": ana, "rate": rate, "valid_from": DAY}
    await done(company.admin.put(f"/plans/{uuid4()}", json=plan))
    await company.settled()


async def topics(company: Company, name: str) -> set[str]:
    page = await done(company[name].get("/notifications"))
    return {note["topic"] for note in page["items"]}


async def test_a_sale_goes_from_the_customer_to_the_commission(company: Company):
    await plan_for_ana(company, target="2000", rate="0.05")
    customer = await customer_with_limit(company, "10000")

    placed = await done(company["ana"].post("/orders", json=order_of(customer, 2)))
    assert placed["gross"] == mxn("2320.00")
    await state_of(company, placed["order"], "confirmed")
    credit = await done(company["eva"].get(f"/customers/{customer}/credit"))
    assert credit["available"] == mxn("7680.00")

    await done(company["ana"].post(f"/orders/{placed['order']}/deliveries", json={}))
    await company.settled()
    found = await done(company["eva"].get("/documents", params={"customer": customer}))
    (invoice,) = found["items"]
    assert (invoice["kind"], invoice["gross"], invoice["open"]) == (
        "invoice", mxn("2320.00"), mxn("2320.00"),
    )  # fmt: skip

    payment = {
        "customer": customer,
        "amount": mxn("2320"),
        "paid_on": invoice["issued_on"],
        "invoice": invoice["document"],
    }
    paid = await done(company["eva"].post("/payments", json=payment))
    assert paid["unallocated"] == mxn("0.00")
    await company.settled()

    (attainment,) = await rows(company, "attainment", by="rep")
    assert (attainment["name"], attainment["actual"], attainment["attainment"]) == (
        "Ana", "2000.00", "1.0000",
    )  # fmt: skip
    (commission,) = await rows(company, "commissions")
    assert (commission["base"], commission["amount"]) == ("2000.00", "100.00")
    why = await done(company["ana"].get("/reports/explain-commission", params={"rep": "Ana"}))
    assert [(line["basis"], line["amount"]) for line in why["lines"]] == [("2000.00", "100.00")]
    assert await rows(company, "ageing", as_of=invoice["due_on"]) == []

    await until(lambda: topics(company, "ana"), lambda seen: "attainment-reached" in seen)
    day = await done(company["ana"].get("/views/day"))
    assert {name: part["state"] for name, part in day.items()} == dict.fromkeys(day, "present")
    assert day["summary"]["value"]["quotas"][0]["attainment"] == "1.0000"
    card = await done(company["eva"].get(f"/views/customer/{customer}"))
    assert card["credit"]["value"]["available"] == mxn("10000.00")


async def rows(company: Company, report: str, **query: str) -> Any:
    found = await done(company["eva"].get(f"/reports/{report}", params=query))
    return found["rows"]


async def test_an_order_beyond_the_limit_waits_until_a_manager_releases_it(company: Company):
    customer = await customer_with_limit(company, "2000")
    placed = await done(company["ana"].post("/orders", json=order_of(customer, 2)))
    held = await state_of(company, placed["order"], "held")
    assert held["missing"] == mxn("320.00")
    (waiting,) = (await done(company["eva"].get("/held-orders")))["items"]
    assert (waiting["order"], waiting["may_decide"]) == (placed["order"], True)
    await until(lambda: topics(company, "eva"), lambda seen: "order-held" in seen)
    cockpit = await done(company["eva"].get("/views/cockpit"))
    assert cockpit["held_orders"]["value"]["items"][0]["order"] == placed["order"]

    refused = await company["ana"].post(f"/held-orders/{placed['order']}/release", json={})
    assert refused.status_code == 403
    await done(company["eva"].post(f"/held-orders/{placed['order']}/release", json={}))
    await state_of(company, placed["order"], "confirmed")
    assert (await done(company["eva"].get("/held-orders")))["items"] == []
    await until(lambda: topics(company, "ana"), lambda seen: "order-released" in seen)


async def test_another_branch_sees_and_does_nothing_of_it(company: Company):
    customer = await customer_with_limit(company, "100")
    placed = await done(company["ana"].post("/orders", json=order_of(customer, 1)))
    order = placed["order"]
    await state_of(company, order, "held")
    hidden = await tried(company["ben"], customer, order)
    absent = await tried(company["ben"], str(uuid4()), str(uuid4()))
    assert [status for status, _ in hidden] == [404] * len(hidden)
    assert hidden == absent
    ben = company["ben"]
    for path in ("/customers", "/orders", "/held-orders", "/documents"):
        assert (await done(ben.get(path)))["items"] == []
    assert await topics(company, "ben") == set()
    assert (await state_of(company, order, "held"))["order"] == order


async def tried(who: httpx.AsyncClient, customer: str, order: str) -> list[tuple[int, str]]:
    """What somebody is told who tries everything with a customer and an order."""
    limit = {"limit": mxn("1")}
    answers = [
        await who.get(f"/customers/{customer}"),
        await who.get(f"/customers/{customer}/credit"),
        await who.get(f"/orders/{order}"),
        await who.get(f"/views/customer/{customer}"),
        await who.post(f"/held-orders/{order}/release", json={}),
        await who.put(f"/customers/{customer}/credit/limit", json=limit),
        await who.post("/orders", json=order_of(customer, 1)),
        await who.post(f"/orders/{order}/cancellation", json={}),
    ]
    return [(answer.status_code, answer.json()["code"]) for answer in answers]
