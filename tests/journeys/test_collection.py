"""What is owed: from the invoice over a reminder and a promise to the money in the bank."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from .conftest import Company, done, until
from .test_a_sale import customer_with_limit, mxn, order_of, state_of

TODAY = date.today()  # noqa: DTZ011 - a day of the test, not of the product


async def overdue_customer(company: Company) -> tuple[str, dict[str, Any]]:
    """A customer with an invoice of 2,320 that is due today, and the invoice."""
    customer = await customer_with_limit(company, "10000")
    body = order_of(customer, 2) | {"terms_days": 0}
    order = await done(company["ana"].post("/orders", json=body))
    await state_of(company, order["order"], "confirmed")
    await done(company["ana"].post(f"/orders/{order['order']}/deliveries", json={}))
    await company.settled()
    (invoice,) = (await done(company["eva"].get("/documents", params={"customer": customer})))[
        "items"
    ]
    return customer, invoice


async def test_what_is_overdue_is_asked_for_promised_and_paid(company: Company):
    customer, invoice = await overdue_customer(company)
    await company.employ("carla", "collector", "mty")
    await company.settled()
    carla = company["carla"]
    in_a_month = (TODAY + timedelta(days=31)).isoformat()
    seen = await done(
        company["eva"].get("/reports/ageing", params={"as_of": in_a_month, "by": "customer"})
    )
    assert [(row["total"], row["d31_60"] or row["d1_30"]) for row in seen["rows"]] == [
        ("2320.00", "2320.00")
    ]

    promise = {
        "customer": customer,
        "amount": mxn("2320"),
        "promised_on": (TODAY + timedelta(days=3)).isoformat(),
        "note": "paga el viernes",
    }
    promised = await done(carla.post("/promises", json=promise))
    assert promised["state"] == "open"
    call = {"customer": customer, "outcome": "promised", "note": "contestó el contador"}
    await done(carla.post("/contacts", json=call))

    desk = await done(carla.get("/views/desk"))
    assert {name: part["state"] for name, part in desk.items()} == dict.fromkeys(desk, "present")

    payment = {
        "customer": customer,
        "amount": mxn("2320"),
        "paid_on": TODAY.isoformat(),
        "invoice": invoice["document"],
    }
    paid = await done(carla.post("/payments", json=payment))

    async def promises() -> Any:
        return (await done(carla.get(f"/customers/{customer}/promises")))["items"]

    (kept,) = await until(promises, lambda found: found[0]["state"] == "kept")
    assert kept["paid"] == mxn("2320.00")

    statement = await carla.get(f"/customers/{customer}/statement", params={"format": "pdf"})
    assert statement.status_code == 200, statement.text
    assert statement.content.startswith(b"%PDF")

    back = {"reason": "cheque devuelto", "reversed_on": TODAY.isoformat()}
    await done(company["eva"].post(f"/payments/{paid['payment']}/reversal", json=back))
    await company.settled()
    account = await done(carla.get(f"/customers/{customer}/credit"))
    assert account["receivable"] == mxn("2320.00")
    (again,) = await promises()
    assert again["state"] == "open"


async def test_nobody_collects_in_another_branch(company: Company):
    customer, invoice = await overdue_customer(company)
    await company.employ("gil", "collector", "gdl")
    await company.settled()
    gil = company["gil"]
    for path in (f"/customers/{customer}/promises", f"/customers/{customer}/statement"):
        assert (await gil.get(path)).status_code == 404
    assert (await done(gil.get("/worklist")))["items"] == []
    (item,) = (await done(company["eva"].get(f"/documents/{invoice['document']}/items")))["items"]
    disputed = await gil.post(f"/items/{item['item']}/dispute", json={"reason": "no es mía"})
    assert disputed.status_code == 404
