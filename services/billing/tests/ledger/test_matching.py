from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from billing.ledger import rules
from billing.ledger.matching import allocate, reallocate, split
from billing.ledger.model import Instalment, Part
from contracts.billing.ledger import Document
from contracts.billing.settlement import (
    GetAllocationPolicy,
    ListDocumentItems,
    SetAllocationPolicy,
)
from kernel.money import TooManyDecimals
from kernel.problems import NotFound

from ..conftest import COMPANY, Billing

TODAY = date(2026, 3, 20)


async def sold(billing: Billing, *amounts: str, name: str = "Taller Norte") -> UUID:
    customer = await billing.customer(name, limit="5000")
    for n, amount in enumerate(amounts, start=1):
        due = f"2026-03-1{n}"
        await billing.hear(billing.delivered(f"{name} {n}", customer, amount, due_on=due))
    return customer


async def invoices(billing: Billing) -> list[Document]:
    return sorted(await billing.documents(kind="invoice"), key=lambda one: one.number)


async def opens(billing: Billing) -> list[int]:
    return [int(one.open.amount) for one in await invoices(billing)]


async def test_what_a_customer_has_left_settles_the_next_invoice(billing: Billing):
    customer = await sold(billing)
    await billing.pay(customer, "130")
    await billing.hear(billing.delivered("P-1", customer, "100", delivered_on="2026-03-09"))
    credit = await billing.credit(customer)
    assert (credit.receivable, credit.unallocated) == (billing.mxn(0), billing.mxn(30))
    (told,) = await billing.told("payment-allocated")
    assert (told["amount"]["amount"], told["allocated_on"]) == ("100.00", "2026-03-09")
    assert await billing.wrong() == []


async def test_what_an_import_brings_is_not_matched_by_itself(billing: Billing):
    customer = await sold(billing)
    await billing.pay(customer, "130")
    await billing.hear(billing.delivered("P-1", customer, "100"), origin="import")
    assert await opens(billing) == [100]


async def test_a_company_may_keep_its_credits_until_somebody_matches_them(billing: Billing):
    director = billing.asks("director")
    asked = SetAllocationPolicy(company=COMPANY, rules=["exact"], priority=[])
    assert (await billing.ask(asked, director)).rules == ("exact",)
    customer = await sold(billing, "100", "70")
    paid = await billing.pay(customer, "71")
    assert paid.unallocated == billing.mxn(71)
    assert (await billing.pay(customer, "70")).allocations[0].invoice_number == "Taller Norte 2"
    await billing.hear(billing.delivered("P-9", customer, "71"))
    assert await opens(billing) == [71, 100, 0]
    async with billing.database.acting_as(director) as tx:
        done = await allocate(tx, paid.payment, [], TODAY)
    assert [one.invoice_number for one in done.allocations] == ["P-9"]


async def test_nobody_changes_the_policy_of_another_company(billing: Billing):
    with pytest.raises(NotFound):
        await billing.ask(SetAllocationPolicy(company="otra", rules=[]))
    with pytest.raises(NotFound):
        await billing.ask(GetAllocationPolicy(company="otra"))


async def test_a_payment_matched_anew_settles_what_it_is_told_and_keeps_the_rest(billing: Billing):
    customer = await sold(billing, "100", "100", "100")
    paid = await billing.pay(customer, "150")
    _, second, third = await invoices(billing)
    parts = [Part(third.document), Part(second.document, billing.mxn(20))]
    async with billing.database.acting_as(billing.asks("collector")) as tx:
        done = await reallocate(tx, paid.payment, parts, TODAY)
    assert await opens(billing) == [100, 80, 0]
    assert done.unallocated == billing.mxn(30)
    assert [one.amount for one in done.allocations] == [billing.mxn(100), billing.mxn(20)]
    told = await billing.told("payment-allocated")
    assert [one["allocated_on"] for one in told[2:]] == ["2026-03-20"] * 2
    assert len(await billing.told("allocation-reversed")) == 2
    assert (await billing.credit(customer)).used == billing.mxn(150)
    assert await billing.wrong() == []


async def test_what_is_named_when_nothing_is_left_gets_nothing(billing: Billing):
    customer = await sold(billing, "100", "100", "100")
    paid = await billing.pay(customer, "150")
    parts = [Part(one.document) for one in await invoices(billing)]
    async with billing.database.acting_as(billing.asks("collector")) as tx:
        done = await reallocate(tx, paid.payment, parts, TODAY)
    assert (done.unallocated, await opens(billing)) == (billing.mxn(0), [0, 50, 100])


async def test_a_payment_can_be_taken_off_its_invoices_altogether(billing: Billing):
    customer = await sold(billing, "100")
    paid = await billing.pay(customer, "100")
    async with billing.database.acting_as(billing.asks("collector")) as tx:
        done = await reallocate(tx, paid.payment, [], TODAY)
    assert (done.unallocated, await opens(billing)) == (billing.mxn(100), [100])
    async with billing.database.acting_as(billing.asks("collector")) as tx:
        done = await allocate(tx, paid.payment, [], TODAY)
    assert (done.unallocated, await opens(billing)) == (billing.mxn(0), [0])
    assert await billing.wrong() == []


@pytest.mark.parametrize(("amount", "fits"), [("100", True), ("100.01", False), ("0", False)])
async def test_a_part_is_no_more_than_is_owed(billing: Billing, amount, fits):
    customer = await sold(billing)
    paid = await billing.pay(customer, "300")
    await billing.hear(billing.delivered("P-1", customer, "100"), origin="import")
    (invoice,) = await invoices(billing)
    part = Part(invoice.document, billing.mxn(amount))
    async with billing.database.acting_as(billing.asks("collector")) as tx:
        if fits:
            assert (await allocate(tx, paid.payment, [part], TODAY)).unallocated.amount == 200
        else:
            with pytest.raises((rules.MoreThanOpen, rules.PaymentNotPositive)):
                await allocate(tx, paid.payment, [part], TODAY)


async def test_the_invoice_of_another_customer_is_refused_and_nothing_is_taken_back(
    billing: Billing,
):
    await sold(billing, "100", name="Otra")
    customer = await sold(billing, "100")
    paid = await billing.pay(customer, "100")
    other = next(one for one in await invoices(billing) if one.number == "Otra 1")
    with pytest.raises(rules.InvoiceOfOther):
        async with billing.database.acting_as(billing.asks("collector")) as tx:
            await reallocate(tx, paid.payment, [Part(other.document)], TODAY)
    assert await billing.told("allocation-reversed") == []


def parts_of(billing: Billing, *parts: tuple[str, str]) -> list[Instalment]:
    return [Instalment(date.fromisoformat(day), billing.mxn(amount)) for day, amount in parts]


async def in_three(billing: Billing) -> Document:
    await sold(billing, "100")
    (invoice,) = await invoices(billing)
    plan = parts_of(billing, ("2026-04-01", "40"), ("2026-05-01", "30"), ("2026-06-01", "30"))
    async with billing.database.acting_as(billing.asks("collector")) as tx:
        await split(tx, invoice.document, plan, TODAY)
    return invoice


async def test_an_invoice_in_instalments_is_paid_one_after_the_other(billing: Billing):
    invoice = await in_three(billing)
    paid = await billing.pay(invoice.customer, "50")
    assert [(one.instalment, one.amount, one.open_after) for one in paid.allocations] == [
        (1, billing.mxn(40), billing.mxn(60)),
        (2, billing.mxn(10), billing.mxn(50)),
    ]
    items = (await billing.ask(ListDocumentItems(document=invoice.document))).items
    assert [(one.due_on.month, int(one.amount.amount), int(one.open.amount)) for one in items] == [
        (4, 40, 0),
        (5, 30, 20),
        (6, 30, 30),
    ]
    (shown,) = await invoices(billing)
    assert (shown.open, shown.instalments) == (billing.mxn(50), 3)
    told = await billing.told("payment-allocated")
    assert [one["open_after"]["amount"] for one in told] == ["60.00", "50.00"]
    assert await billing.wrong() == []


async def test_an_instalment_is_settled_on_no_day_before_it_was_one(billing: Billing):
    invoice = await in_three(billing)
    await billing.pay(invoice.customer, "70", paid_on="2026-03-10")
    told = await billing.told("payment-allocated")
    assert [one["allocated_on"] for one in told] == ["2026-03-10", "2026-03-20"]
    assert await billing.wrong() == []


async def test_one_instalment_can_be_named(billing: Billing):
    invoice = await in_three(billing)
    items = (await billing.ask(ListDocumentItems(document=invoice.document))).items
    paid = await billing.pay(invoice.customer, "30", invoice=items[2].item)
    assert [one.instalment for one in paid.allocations] == [3]


@pytest.mark.parametrize(
    ("plan", "refusal"),
    [
        ([("2026-04-01", "50"), ("2026-05-01", "49.99")], rules.InstalmentsDoNotAddUp),
        ([("2026-04-01", "50"), ("2026-05-01", "50.01")], rules.InstalmentsDoNotAddUp),
        ([("2026-04-01", "50.001"), ("2026-05-01", "49.999")], TooManyDecimals),
        ([("2026-05-01", "50"), ("2026-05-01", "50")], rules.InstalmentsOutOfOrder),
        ([("2026-04-01", "100"), ("2026-05-01", "0")], rules.InstalmentsOutOfOrder),
    ],
)
async def test_instalments_that_do_not_fit_are_refused(billing: Billing, plan, refusal):
    await sold(billing, "100")
    (invoice,) = await invoices(billing)
    with pytest.raises(refusal):
        async with billing.database.acting_as(billing.asks("collector")) as tx:
            await split(tx, invoice.document, parts_of(billing, *plan), TODAY)


async def test_one_instalment_only_moves_the_due_day(billing: Billing):
    await sold(billing, "100")
    (invoice,) = await invoices(billing)
    async with billing.database.acting_as(billing.asks("collector")) as tx:
        await split(tx, invoice.document, parts_of(billing, ("2026-09-01", "100")), TODAY)
    (item,) = (await billing.ask(ListDocumentItems(document=invoice.document))).items
    assert (item.due_on, item.open) == (date(2026, 9, 1), billing.mxn(100))
    assert await billing.wrong() == []
