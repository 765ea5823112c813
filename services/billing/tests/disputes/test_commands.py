from __future__ import annotations

from datetime import date

import pytest

from billing.disputes import commands as disputes
from billing.disputes.rules import AlreadyDisputed, NotDisputed
from contracts.billing.disputes import ListDisputes
from contracts.billing.ledger import ListDocuments
from kernel.problems import NotFound

from ..conftest import Billing

LATER = date(2026, 3, 20)


async def test_a_disputed_item_stays_owed_and_is_settled_last(billing: Billing):
    customer = await billing.customer(limit="1000")
    for n in (1, 2):
        due = f"2026-03-1{n}"
        await billing.hear(billing.delivered(f"P-{n}", customer, "100", due_on=due))
    first = next(one for one in await billing.documents() if one.number == "P-1")
    async with billing.database.acting_as(billing.asks("collector")) as tx:
        await disputes.dispute(tx, first.document, "llegó roto", LATER)
    with pytest.raises(AlreadyDisputed):
        async with billing.database.acting_as(billing.asks("collector")) as tx:
            await disputes.dispute(tx, first.document, "otra vez", LATER)
    paid = await billing.pay(customer, "70")
    assert [one.invoice_number for one in paid.allocations] == ["P-2"]
    assert (await billing.credit(customer)).receivable == billing.mxn(130)
    (shown,) = (await billing.ask(ListDisputes())).items
    assert (shown.invoice_number, shown.reason, shown.open) == (
        "P-1",
        "llegó roto",
        billing.mxn(100),
    )


async def test_a_dispute_is_settled_once_and_can_be_opened_again(billing: Billing):
    customer = await billing.customer()
    await billing.hear(billing.delivered("P-1", customer, "100"))
    (invoice,) = await billing.documents()
    for _ in range(2):
        async with billing.database.working("x") as tx:
            await disputes.dispute(tx, invoice.document, "precio", LATER)
            await disputes.settle_dispute(tx, invoice.document, "rejected", "era correcto", LATER)
    with pytest.raises(NotDisputed):
        async with billing.database.working("x") as tx:
            await disputes.settle_dispute(tx, invoice.document, "rejected", "", LATER)
    told = await billing.told("dispute-changed")
    assert [one["disputed"] for one in told] == [True, False] * 2
    assert [one.disputed for one in await billing.documents()] == [False]
    assert len((await billing.ask(ListDisputes(open_only=False))).items) == 2


async def test_another_branch_sees_neither_dispute_nor_item(billing: Billing):
    customer = await billing.customer()
    await billing.hear(billing.delivered("P-1", customer, "100"))
    (invoice,) = await billing.documents()
    async with billing.database.working("x") as tx:
        await disputes.dispute(tx, invoice.document, "precio", LATER)
    there = billing.asks("director", units=("gdl",))
    assert (await billing.ask(ListDisputes(), there)).items == []
    assert (await billing.ask(ListDocuments(), there)).items == []
    with pytest.raises(NotFound):
        async with billing.database.acting_as(there) as tx:
            await disputes.settle_dispute(tx, invoice.document, "rejected", "", LATER)
