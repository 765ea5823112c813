from __future__ import annotations

from typing import Any

from .conftest import Company, done, until


def mxn(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "MXN"}


def order_of(customer: str, price: str, **more: Any) -> dict[str, Any]:
    line = {"product": "P-1", "quantity": "1", "unit_price": mxn(price), "tax_rate": "0"}
    return {"customer": customer, "lines": [line], **more}


async def placed(company: Company, body: dict[str, Any], state: str) -> Any:
    order = (await done(company["ana"].post("/orders", json=body)))["order"]

    async def ask() -> Any:
        return await done(company["ana"].get(f"/orders/{order}"))

    return await until(ask, lambda seen: seen["state"] == state)


async def topics(company: Company, name: str) -> set[str]:
    page = await done(company[name].get("/notifications"))
    return {note["topic"] for note in page["items"]}


async def test_a_limit_is_asked_for_approved_used_up_and_blocked(company: Company):
    ana, eva = company["ana"], company["eva"]
    body = {"name": "Talleres Peña", "unit": "mty"}
    customer = (await done(ana.post("/customers", json=body)))["customer"]
    await company.settled()
    credit = f"/customers/{customer}/credit"
    wish = {"limit": mxn("1000"), "reason": "Temporada alta"}
    asked = await done(ana.post(f"{credit}/limit-requests", json=wish))
    assert float(asked["limit"]["amount"]) == 0
    (waits,) = (await done(eva.get("/approvals")))["items"]
    assert (waits["approval"], waits["act"]) == (asked["waiting"], "set-limit")
    await until(lambda: topics(company, "eva"), lambda seen: "approval-waits" in seen)

    decision = f"/approvals/{waits['approval']}/decision"
    refused = await ana.post(decision, json={"approve": True})
    assert refused.status_code == 403
    await done(eva.post(decision, json={"approve": True, "reason": "Paga puntual"}))
    await until(lambda: topics(company, "ana"), lambda seen: "approval-granted" in seen)

    await placed(company, order_of(customer, "800"), "confirmed")
    await until(lambda: topics(company, "ana"), lambda seen: "credit-alert" in seen)
    await placed(company, order_of(customer, "5000", order_class="prepaid"), "confirmed")
    block = {"reason": "Cheque devuelto"}
    await done(eva.post(f"{credit}/block", json=block))
    await placed(company, order_of(customer, "1"), "held")
    await done(eva.post(f"{credit}/release", json=block))
    await placed(company, order_of(customer, "200"), "confirmed")
    now = await done(ana.get(credit))
    assert (now["used"], now["available"]) == (mxn("1000.00"), mxn("0.00"))
    history = (await done(eva.get(f"{credit}/changes")))["items"]
    assert [change["kind"] for change in history] == ["released", "blocked", "limit"]
