from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from billing.ledger import commands, rules
from billing.ledger.model import Kind, Whose
from contracts.billing.ledger import PaymentRecorded
from kernel.problems import NotFound

from ..conftest import ANA, COMPANY, Billing

LATER = date(2026, 3, 20)


def day(text: str) -> date:
    return date.fromisoformat(text)


async def reverse(billing: Billing, payment: UUID, on: date = LATER) -> None:
    async with billing.database.working("bank") as tx:
        await commands.reverse_payment(tx, payment, on, "devuelto por el banco")


async def charge(billing: Billing, customer: UUID, amount: str, kind: Kind = Kind.INTEREST) -> None:
    whose = Whose(customer, COMPANY, "mty", ANA)
    async with billing.database.working("dunning") as tx:
        await commands.charge(tx, whose, kind, billing.mxn(amount), LATER, LATER, "moratorios")


async def sold_and_paid(billing: Billing, *amounts: str) -> tuple[UUID, PaymentRecorded]:
    customer = await billing.customer(limit="1000")
    for n, amount in enumerate(amounts, start=1):
        due = f"2026-03-1{n}"
        await billing.hear(billing.delivered(f"P-{n}", customer, amount, due_on=due))
    return customer, await billing.pay(customer, "150")


async def open_on(billing: Billing, on: str) -> dict[str, int]:
    """What each item owed at the end of a day, by the entries alone."""
    async with billing.database.working("ageing") as tx:
        rows = await tx.driver.fetch(
            "SELECT d.number, sum(e.amount) AS open FROM entries e"
            " JOIN open_items i USING (item) JOIN documents d ON d.id = i.document"
            " WHERE account = 'receivable' AND e.dated_on <= $1 GROUP BY 1 ORDER BY 1",
            day(on),
        )
    return {row["number"]: int(row["open"]) for row in rows}


async def test_a_payment_taken_back_opens_its_invoices_again_and_the_past_stays_as_it_was(
    billing: Billing,
):
    customer, paid = await sold_and_paid(billing, "100", "100")
    await reverse(billing, paid.payment)
    credit = await billing.credit(customer)
    assert (credit.receivable, credit.unallocated) == (billing.mxn(200), billing.mxn(0))
    assert await open_on(billing, "2026-03-19") == {"P-1": 0, "P-2": 50}
    assert await open_on(billing, "2026-03-20") == {"P-1": 100, "P-2": 100}
    back = await billing.told("allocation-reversed")
    assert {one["invoice_number"]: one["amount"]["amount"] for one in back} == {
        "P-1": "100.00",
        "P-2": "50.00",
    }
    (told,) = await billing.told("payment-reversed")
    assert (told["amount"]["amount"], told["reversed_on"]) == ("150.00", "2026-03-20")
    (payment,) = await billing.documents(kind="payment")
    assert (payment.open, payment.reversed_on) == (billing.mxn(0), LATER)
    assert await billing.wrong() == []


async def test_a_payment_is_taken_back_once_and_not_before_its_day(billing: Billing):
    _, paid = await sold_and_paid(billing, "100")
    with pytest.raises(rules.BeforeDocument):
        await reverse(billing, paid.payment, day("2026-03-01"))
    await reverse(billing, paid.payment, day("2026-03-02"))
    with pytest.raises(rules.AlreadyReversed):
        await reverse(billing, paid.payment)
    with pytest.raises(NotFound):
        await reverse(billing, UUID(int=5))
    assert len(await billing.told("payment-reversed")) == 1


async def test_what_was_opened_again_is_settled_by_the_next_payment_on_a_later_day(
    billing: Billing,
):
    customer, paid = await sold_and_paid(billing, "100")
    await reverse(billing, paid.payment)
    again = await billing.pay(customer, "100", paid_on="2026-03-05")
    assert again.unallocated == billing.mxn(0)
    (_, told) = await billing.told("payment-allocated")
    assert told["allocated_on"] == "2026-03-20"
    assert await open_on(billing, "2026-03-19") == {"P-1": 0}
    assert await billing.wrong() == []


async def test_a_charge_is_owed_by_itself_and_survives_the_payment_of_the_invoice(
    billing: Billing,
):
    customer = await billing.customer(limit="1000")
    await billing.hear(billing.delivered("P-1", customer, "100"))
    await charge(billing, customer, "2.50")
    (invoice,) = await billing.documents(kind="invoice")
    await billing.pay(customer, "100", invoice=invoice.document)
    (interest,) = await billing.documents(kind="interest")
    assert (interest.open, interest.reason) == (billing.mxn("2.50"), "moratorios")
    assert (await billing.credit(customer)).used == billing.mxn("2.50")
    (told,) = await billing.told("charge-issued")
    assert (told["charged"], told["amount"]["amount"]) == ("interest", "2.50")
    assert len(await billing.told("invoice-issued")) == 1
    assert await billing.wrong() == []


async def test_interest_goes_before_fees_and_fees_before_invoices(billing: Billing):
    customer = await billing.customer(limit="1000")
    await billing.hear(billing.delivered("P-1", customer, "100", due_on="2026-03-02"))
    await charge(billing, customer, "5", Kind.FEE)
    await charge(billing, customer, "3")
    paid = await billing.pay(customer, "10")
    assert [one.amount for one in paid.allocations] == [billing.mxn(n) for n in (3, 5, 2)]
    assert [one["amount"]["amount"] for one in await billing.told("payment-allocated")] == ["2.00"]


async def test_a_charge_of_nothing_is_refused(billing: Billing):
    customer = await billing.customer()
    with pytest.raises(rules.ChargeNotPositive):
        await charge(billing, customer, "0")
