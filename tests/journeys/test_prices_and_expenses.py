"""What it costs: a price below the list is asked for, and money is spent within a budget."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from .conftest import Company, done, until
from .test_a_sale import customer_with_limit, mxn, order_of

TODAY = date.today()  # noqa: DTZ011 - a day of the test, not of the product
MONTH = f"{TODAY:%Y-%m}"


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One place for files, which the gateway fills and billing reads."""
    monkeypatch.setenv("GERENCIA_FILES", str(tmp_path / "files"))


async def decide(company: Company, act: str) -> Any:
    """The manager approves the one request of this kind."""
    eva = company["eva"]
    (waiting,) = (await done(eva.get("/approvals", params={"act": act})))["items"]
    body = {"approve": True, "reason": "de acuerdo"}
    return await done(eva.post(f"/approvals/{waiting['approval']}/decision", json=body))


async def told(company: Company, name: str, title: str) -> None:
    """Somebody hears of it on their own page."""

    async def titles() -> list[str]:
        listed = await done(company[name].get("/notifications"))
        return [one["title"] for one in listed["items"]]

    await until(titles, lambda found: title in found)


async def test_a_discount_is_granted_and_what_was_not_is_found(company: Company):
    customer = await customer_with_limit(company, "10000")
    product = order_of(customer, 1)["lines"][0]["product"]
    price = {
        "product": product,
        "amount": mxn("1000"),
        "floor": mxn("900"),
        "valid_from": TODAY.isoformat(),
    }
    await done(company.admin.post("/prices", json={"company": "acme", "prices": [price]}))
    ana, eva = company["ana"], company["eva"]
    known = await done(
        ana.get("/prices/in-force", params={"product": product, "unit": "mty", "currency": "MXN"})
    )
    assert (known["amount"], known["floor"], known["cost"]) == (mxn("1000.00"), mxn("900.00"), None)

    line = {"number": 1, "product": product, "quantity": "2", "unit_price": mxn("920")}
    asked = {"customer": customer, "number": "C-1", "lines": [line], "reason": "dos piezas"}
    waiting = await done(ana.post("/discounts", json=asked))
    assert (waiting["state"], waiting["rate"]) == ("requested", "0.0800")
    await decide(company, "discount")
    granted = await done(ana.get(f"/discounts/{waiting['discount']}"))
    assert granted["state"] == "approved"
    await told(company, "ana", "Su descuento para C-1 fue autorizado")

    cheap = order_of(customer, 2)
    cheap["lines"][0] |= {"unit_price": mxn("899")}
    order = await done(ana.post("/orders", json=cheap))

    async def breaches() -> list[Any]:
        return list((await done(eva.get("/price-breaches")))["items"])

    (found,) = await until(breaches, bool)
    assert (found["order"], found["short"]) == (order["order"], mxn("2.00"))
    await told(company, "eva", f"El pedido {order['number']} está por debajo del precio mínimo")


async def test_a_trip_is_claimed_within_its_budget_and_paid_back(company: Company):
    ana, eva = company["ana"], company["eva"]
    budget = {"unit": "mty", "category": "travel", "month": MONTH, "currency": "MXN"}
    await done(company.admin.put("/budgets", json=budget | {"amount": mxn("1000")}))
    receipt = await done(
        ana.post("/files", params={"unit": "mty", "name": "taxi.pdf"}, content=b"%PDF-1.4 taxi")
    )
    line = {"category": "travel", "spent_on": TODAY.isoformat(), "amount": mxn("400")}
    claim = {"unit": "mty", "purpose": "Visita", "lines": [line | {"receipt": receipt["file"]}]}
    without = await ana.post("/expense-claims", json=claim | {"lines": [line]})
    assert (without.status_code, without.json()["code"]) == (422, "expenses.no-receipt")
    too_much = [line | {"receipt": receipt["file"], "amount": mxn("1000.01")}]
    over = await ana.post("/expense-claims", json=claim | {"lines": too_much})
    assert (over.status_code, over.json()["left"]) == (409, mxn("1000.00"))
    made = await done(ana.post("/expense-claims", json=claim))
    await decide(company, "expense")
    paid = await done(ana.get(f"/expense-claims/{made['claim']}"))
    assert paid["state"] == "approved"
    await told(company, "ana", "Sus gastos por $400.00 fueron autorizados")
    report = await done(
        eva.get("/reports/expenses", params={"period": MONTH, "by": "unit", "company": "acme"})
    )
    assert [(row["id"], row["actual"], row["left"]) for row in report["rows"]] == [
        ("mty", "400.00", "600.00")
    ]


async def test_a_contract_is_reviewed_before_it_is_signed(company: Company):
    customer = await customer_with_limit(company, "0")
    await company.employ("carla", "collector", "mty")
    await company.settled()
    asked = {"customer": customer, "number": "CT-1", "value": mxn("90000")}
    review = await done(company["ana"].post("/contract-reviews", json=asked))
    where = f"/contract-reviews/{review['review']}"
    early = await company["ana"].post(f"{where}/submission", json={})
    assert (early.status_code, early.json()["code"]) == (409, "contracts.not-reviewed")
    for item in review["items"]:
        who = "carla" if item["role"] == "collector" else "eva"
        await done(company[who].put(f"{where}/answers/{item['key']}", json={"found": "yes"}))
    await done(company["ana"].post(f"{where}/submission", json={}))
    await decide(company, "contract")
    assert (await done(company["ana"].get(where)))["state"] == "approved"
    await told(company, "ana", "Su contrato CT-1 fue aprobado")
